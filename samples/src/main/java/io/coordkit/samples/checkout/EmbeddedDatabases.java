package io.coordkit.samples.checkout;

import io.coordkit.samples.service.DbAccount;
import io.coordkit.samples.service.DbKind;
import io.coordkit.samples.service.MySqlUrl;
import io.coordkit.samples.service.StartupException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The databases of the services that a checkout starts.
 *
 * @param urls by service; empty for files in the data directory
 * @param account what the services must be told of it
 */
record EmbeddedDatabases(Map<String, MySqlUrl> urls, List<String> account) {

    /**
     * What the flags say.
     *
     * @throws StartupException if one is missing, malformed, or contradicts another
     */
    static EmbeddedDatabases of(DbAccount account, @Nullable String orderDb, @Nullable String inventoryDb) {
        account.refuse(DbKind.H2, "--order-db", orderDb);
        account.refuse(DbKind.H2, "--inventory-db", inventoryDb);
        account.refuseOnH2();
        if (account.kind() == DbKind.H2) {
            return new EmbeddedDatabases(Map.of(), account.flags());
        }
        MySqlUrl order = account.url("--order-db", orderDb);
        MySqlUrl inventory = account.url("--inventory-db", inventoryDb);
        if (order.place().equals(inventory.place())) {
            throw new StartupException(
                    "--order-db and --inventory-db must be two databases, for the services share none;" + " both were '"
                            + order.place() + "'");
        }
        return new EmbeddedDatabases(
                Map.of(EmbeddedServices.ORDER, order, EmbeddedServices.INVENTORY, inventory), account.flags());
    }

    /** What that service must be told. */
    List<String> flags(String service, DataDirectory data) {
        List<String> flags = new ArrayList<>(account);
        MySqlUrl url = urls.get(service);
        flags.addAll(
                url == null
                        ? List.of(
                                "--db-file",
                                data.path().resolve(service + "-db").toString())
                        : List.of("--db-url", url.text()));
        return flags;
    }
}
