package io.coordkit.samples.readme;

import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.lock.Hold;
import io.coordkit.sql.SqlFence;
import io.coordkit.txn.Outcome;
import java.sql.Connection;
import java.time.Duration;
import java.util.Properties;

/** The example of the README, between the two marks. */
final class ReadmeExample {
    private ReadmeExample() {}

    static Outcome<Long> run(
            String redisUri, String logUrl, String inventoryUri, SqlFence fence, Connection connection, byte[] order)
            throws Exception {
        Outcome<Long> result;
        // README begins
        Properties settings = new Properties();
        settings.setProperty("coordkit.locks.uri", redisUri);
        settings.setProperty("coordkit.ids.order.type", "snowflake");
        settings.setProperty("coordkit.ids.order.worker", "7");
        settings.setProperty("coordkit.tcc.jdbc-url", logUrl);
        settings.setProperty("coordkit.tcc.participants.inventory", inventoryUri);
        try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(settings))) {
            try (Hold hold = kit.locks().mutex("sku:4711").acquire(Duration.ofSeconds(2))) {
                fence.enter(connection, "4711", hold); // false if somebody newer has been there
                hold.check(); // throws LockLostException; no I/O
            }
            long orderId = kit.ids("order").next();
            Outcome<Long> outcome = kit.tcc().begin("checkout-" + orderId).run(tx -> {
                tx.enlist("inventory", order); // its try, then its confirm or cancel
                return orderId;
            });
            // README ends
            result = outcome;
            // README begins
        }
        // README ends
        return result;
    }
}
