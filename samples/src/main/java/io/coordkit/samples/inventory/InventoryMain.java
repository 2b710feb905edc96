package io.coordkit.samples.inventory;

import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.Coordkit;
import io.coordkit.id.segment.SegmentIds;
import io.coordkit.id.sql.SqlRangeAllocator;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.observe.CoordObserver;
import io.coordkit.samples.data.ProductFile;
import io.coordkit.samples.proto.ReserveRequest;
import io.coordkit.samples.service.Database;
import io.coordkit.samples.service.DbOptions;
import io.coordkit.samples.service.GrpcServer;
import io.coordkit.samples.service.IdJournal;
import io.coordkit.samples.service.Lifetime;
import io.coordkit.samples.service.Program;
import io.coordkit.samples.service.Secret;
import io.coordkit.samples.service.ServiceOptions;
import io.coordkit.samples.service.StartupException;
import io.coordkit.samples.service.Target;
import io.coordkit.samples.service.TxKind;
import io.coordkit.txn.grpc.Access;
import io.coordkit.txn.grpc.GrpcInquiries;
import io.coordkit.txn.grpc.GrpcParticipants;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.coordkit.txn.twophase.XaDatabase;
import io.coordkit.txn.twophase.XaParticipant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The inventory service as a process. */
@Command(
        name = "inventory",
        showDefaultValues = true,
        sortOptions = false,
        description = "Stock behind gRPC: the catalogue, an audit, and the participant 'inventory'.")
public final class InventoryMain implements Callable<Integer> {
    /** How the order service calls its log. */
    private static final String HOME = "orders";

    private static final Duration RESERVATION_TTL = Duration.ofSeconds(2);

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; 0 takes a free one.")
    private int port = 7002;

    @Mixin
    private DbOptions db = new DbOptions(Path.of("inventory-db"));

    @Option(
            names = "--products",
            paramLabel = "FILE",
            defaultValue = "${sys:coordkit.samples.home:-samples}/data/products.csv",
            description = "Products to put in: sku,price_cents,stock. Those the database has keep its values.")
    private Path products = Path.of("products.csv");

    @Option(
            names = "--lock-ttl",
            paramLabel = "DURATION",
            description = "How long a product stays locked after this process was killed.")
    private Duration lockTtl = Duration.ofSeconds(3);

    @Option(
            names = "--lock-wait",
            paramLabel = "DURATION",
            description = "How long an order waits for a locked product before it is refused.")
    private Duration lockWait = Duration.ofSeconds(10);

    @Option(
            names = "--order",
            paramLabel = "HOST:PORT",
            description = "The order service, to ask what became of reservations that nobody ends.")
    private String order = "127.0.0.1:7001";

    @Option(
            names = "--fence-era",
            paramLabel = "N",
            description = "Raise it when the lock store was restored or rebuilt: its tokens start lower then. It is"
                    + " raised by itself when --lock or the address changes.")
    private int fenceEra = 0;

    @Option(
            names = "--tx",
            paramLabel = "KIND",
            converter = TxKind.Flag.class,
            description = "How it takes part: ${COMPLETION-CANDIDATES}; the same as the order service has.")
    private TxKind tx = TxKind.TCC;

    /** Runs the service until it is told to end. */
    public static void main(String[] args) {
        System.exit(Program.run(new InventoryMain(), args));
    }

    @Override
    public Integer call() throws InterruptedException {
        service.checkAddress(port);
        ServiceOptions.checkDuration("--lock-wait", lockWait);
        if (fenceEra < 0) {
            throw new StartupException("--fence-era must be 0 or greater, was " + fenceEra);
        }
        Target home = Target.parse("--order", order);
        List<ProductFile.Product> initial = ProductFile.read(products);
        Database own = db.database();
        try (Lifetime lifetime = new Lifetime()) {
            Coordkit.Builder builder = Coordkit.builder()
                    .locks(lifetime.owns(service.openLocks(lockTtl)))
                    .requireLocks(LockGuarantee.FENCED);
            Access access = Secret.fromEnvironment();
            HikariDataSource database = lifetime.owns(own.open());
            Stock stock = Stock.in(database);
            stock.add(initial);
            builder.ids(lifetime.owns(SegmentIds.over(
                    ReservingTry.ID_TAG, lifetime.owns(SqlRangeAllocator.using(database)), CoordObserver.NONE)));
            Coordkit kit = lifetime.owns(builder.build());

            ConcurrentMap<BranchKey, TryAtWork> atWork = new ConcurrentHashMap<>();
            int era = FenceEra.enter(database, service.locks(), fenceEra);
            InquiryEndpoint orders = GrpcInquiries.endpoint(home.channel(lifetime), access);
            BranchEndpoint guarded = lifetime.owns(participant(own, database, new Reservations(era, atWork), orders));
            BranchEndpoint participant =
                    lifetime.owns(new ReservingTry(kit, IdJournal.in(database), lockWait, guarded, atWork));
            lifetime.serve(
                    GrpcServer.start(
                            "inventory",
                            service.bind(),
                            port,
                            new InventoryService(stock),
                            GrpcParticipants.service(Map.of("inventory", participant), access)),
                    service.child());
        }
        return 0;
    }

    private BranchEndpoint participant(
            Database own, HikariDataSource database, Reservations reservations, InquiryEndpoint orders) {
        if (tx != TxKind.TCC) {
            XaParticipant.Builder<ReserveRequest> participant = XaParticipant.on(
                            XaDatabase.of("inventory", own.forTwoPhase()),
                            reservations::sell,
                            ReserveRequest::parseFrom)
                    .asks(HOME, orders)
                    .askEvery(RESERVATION_TTL);
            return tx.allowedAlone()
                    .map(participant::endsAlone)
                    .orElse(participant)
                    .open();
        }
        return GuardedParticipant.on(database, reservations, ReserveRequest::parseFrom)
                .name("inventory")
                .reservationTtl(RESERVATION_TTL)
                .asks(HOME, orders)
                .open();
    }
}
