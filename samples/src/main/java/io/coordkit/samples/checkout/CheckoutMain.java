package io.coordkit.samples.checkout;

import io.coordkit.samples.data.OrderFile;
import io.coordkit.samples.data.ProductFile;
import io.coordkit.samples.service.DbAccount;
import io.coordkit.samples.service.Lifetime;
import io.coordkit.samples.service.LockChoice;
import io.coordkit.samples.service.LockStore;
import io.coordkit.samples.service.LockStoreFlag;
import io.coordkit.samples.service.MySqlUrl;
import io.coordkit.samples.service.Program;
import io.coordkit.samples.service.StartupException;
import io.coordkit.samples.service.Target;
import io.coordkit.samples.service.TxKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The checkout as a process: places the orders of a file, then checks the ledger. */
@Command(
        name = "checkout",
        showDefaultValues = true,
        sortOptions = false,
        description = "Places the orders of a file and prints the ledger, whose last line is 'Ledger balanced: ...'"
                + " or a breach.",
        footer = {"", "Exit codes: 0 balanced, 1 a breach, 2 called wrongly or something needed is not there."})
public final class CheckoutMain implements Callable<Integer> {
    private static final int MAX_CONCURRENCY = 256;

    @Option(
            names = "--orders",
            paramLabel = "FILE",
            defaultValue = "${sys:coordkit.samples.home:-samples}/data/orders.csv",
            description = "Orders to place: order_no,customer,sku,quantity, one row per line of an order.")
    private Path orders = Path.of("orders.csv");

    @Option(names = "--concurrency", paramLabel = "N", description = "Orders on their way at a time.")
    private int concurrency = 16;

    @Option(
            names = "--drain",
            paramLabel = "DURATION",
            description = "How long to wait in the end for transactions that are not finished.")
    private Duration drain = Duration.ofSeconds(60);

    @Option(
            names = "--order",
            paramLabel = "HOST:PORT",
            description = "Use this running order service (default: start inventory and order here, and Redis).")
    private @Nullable String order;

    @Option(
            names = "--products",
            paramLabel = "FILE",
            defaultValue = "${sys:coordkit.samples.home:-samples}/data/products.csv",
            description = "Products for the inventory that is started: sku,price_cents,stock.")
    private Path products = Path.of("products.csv");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the services that are started keep their data from run to run (default: a temporary"
                    + " directory, removed in the end).")
    private @Nullable Path data;

    @Option(
            names = "--lock",
            paramLabel = "STORE",
            converter = LockStoreFlag.class,
            description = "What carries the locks of the services that are started: ${COMPLETION-CANDIDATES} (default:"
                    + " redis). It may be another one than before on kept --data.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private @Nullable LockStore lock;

    @Option(
            names = "--lock-uri",
            paramLabel = "URI",
            description = "Where that store is (default: start one Redis, or five for redlock; etcd and ZooKeeper are"
                    + " looked for on 127.0.0.1, on their usual ports).")
    private @Nullable String lockUri;

    @Option(names = "--redis", paramLabel = "URL", description = "The same for --lock=redis (default: start one here).")
    private @Nullable String redis;

    @Mixin
    private DbAccount db = new DbAccount();

    @Option(
            names = "--order-db",
            paramLabel = "URL",
            description = "The order service's database for --db=mysql, " + MySqlUrl.SHAPE + ". It must be there.")
    private @Nullable String orderDb;

    @Option(names = "--inventory-db", paramLabel = "URL", description = "The same for the inventory: another one.")
    private @Nullable String inventoryDb;

    @Option(
            names = "--tx",
            paramLabel = "KIND",
            converter = TxKind.Flag.class,
            description = "How the services that are started place an order in both of their databases:"
                    + " ${COMPLETION-CANDIDATES} (default: tcc). Not to be changed on kept --data or databases.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private @Nullable TxKind tx;

    @Option(
            names = "--kill-inventory",
            description = "Kill inventory with kill -9 when 40 %% of the orders are placed, and start it again"
                    + " (default: leave it alone).")
    private boolean killInventory;

    /** Runs the checkout. */
    public static void main(String[] args) {
        System.exit(Program.run(new CheckoutMain(), args));
    }

    @Override
    public Integer call() throws InterruptedException {
        if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
            throw new StartupException("--concurrency must be from 1 to " + MAX_CONCURRENCY + ", was " + concurrency);
        }
        if (drain.isNegative()) {
            throw new StartupException("--drain must not be negative, was " + drain);
        }
        return order == null ? embedded() : remote(order);
    }

    private int remote(String address) throws InterruptedException {
        if (killInventory || data != null || redis != null || lock != null || lockUri != null || tx != null) {
            throw new StartupException(
                    "--kill-inventory, --data, --lock, --lock-uri, --redis and --tx are about services"
                            + " started here; they do not go with --order");
        }
        if (db.isGiven() || orderDb != null || inventoryDb != null) {
            throw new StartupException("--db, --db-user, --db-password-file, --order-db and --inventory-db are about"
                    + " services started here; they do not go with --order");
        }
        Target target = Target.parse("--order", address);
        OrderFile.check(orders);
        try (Lifetime lifetime = new Lifetime()) {
            OrderClient client = new OrderClient(target.channel(lifetime), address);
            return new CheckoutRun(client, orders, concurrency, drain, Optional.empty()).run();
        }
    }

    private int embedded() throws InterruptedException {
        LockChoice locks = LockChoice.of(lock == null ? LockStore.REDIS : lock, lockUri, redis);
        EmbeddedDatabases databases = EmbeddedDatabases.of(db, orderDb, inventoryDb);
        OrderFile.check(orders);
        ProductFile.read(products);
        try (Lifetime lifetime = new Lifetime()) {
            Runtime.getRuntime().addShutdownHook(new Thread(lifetime::close, "shutdown"));
            DataDirectory directory = lifetime.owns(
                    data == null ? DataDirectory.temporary(InstantSource.system()) : DataDirectory.kept(data));
            EmbeddedServices services = lifetime.owns(
                    EmbeddedServices.start(directory, products, locks, databases, tx == null ? TxKind.TCC : tx));
            System.out.println(services.description());
            Target target = Target.parse("order", services.orderAddress());
            OrderClient client = new OrderClient(target.channel(lifetime), target.toString());
            CheckoutRun run = new CheckoutRun(client, orders, concurrency, drain, Optional.of(services));
            if (killInventory) {
                run.killInventory();
            }
            int exit = run.run();
            if (exit != 0 && data == null) {
                directory.keep();
            }
            return exit;
        }
    }
}
