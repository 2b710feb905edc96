package io.coordkit.samples.order;

import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.Coordkit;
import io.coordkit.id.snowflake.SnowflakeIds;
import io.coordkit.samples.service.Database;
import io.coordkit.samples.service.DbOptions;
import io.coordkit.samples.service.GrpcServer;
import io.coordkit.samples.service.IdJournal;
import io.coordkit.samples.service.Lifetime;
import io.coordkit.samples.service.Program;
import io.coordkit.samples.service.Secret;
import io.coordkit.samples.service.ServiceOptions;
import io.coordkit.samples.service.Target;
import io.coordkit.samples.service.TxKind;
import io.coordkit.txn.core.LogInquiries;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.grpc.Access;
import io.coordkit.txn.grpc.GrpcInquiries;
import io.coordkit.txn.grpc.GrpcParticipants;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.coordkit.txn.tcc.Reservation;
import io.coordkit.txn.tcc.TccCoordinator;
import io.coordkit.txn.twophase.TwoPhaseCoordinator;
import io.coordkit.txn.twophase.XaDatabase;
import io.coordkit.txn.twophase.XaParticipant;
import io.grpc.ManagedChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The order service as a process. */
@Command(
        name = "order",
        showDefaultValues = true,
        sortOptions = false,
        description = "Orders behind gRPC, each placed by one transaction over this service and the inventory.")
public final class OrderMain implements Callable<Integer> {
    private static final Duration LOCK_TTL = Duration.ofSeconds(3);
    private static final Duration RESERVATION_TTL = Duration.ofSeconds(2);
    private static final String HOME = "orders";
    private static final String NAME = "order";
    /** Long, for nobody waits for its end: the next start of this service takes the place of this one. */
    private static final Duration LEASE = Duration.ofMinutes(1);

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; 0 takes a free one.")
    private int port = 7001;

    @Mixin
    private DbOptions db = new DbOptions(Path.of("order-db"));

    @Option(names = "--inventory", paramLabel = "HOST:PORT", description = "The inventory service.")
    private String inventory = "127.0.0.1:7002";

    @Option(
            names = "--worker",
            paramLabel = "N",
            description = "Snowflake worker id, 0 to 1023; no two order services may have the same.")
    private int worker = 1;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "How long an order may stay undecided before it is cancelled.")
    private Duration timeout = Duration.ofSeconds(20);

    @Option(
            names = "--tx",
            paramLabel = "KIND",
            converter = TxKind.Flag.class,
            description = "How: ${COMPLETION-CANDIDATES}; the same as the inventory has.")
    private TxKind tx = TxKind.TCC;

    /** Runs the service until it is told to end. */
    public static void main(String[] args) {
        System.exit(Program.run(new OrderMain(), args));
    }

    @Override
    public Integer call() throws InterruptedException {
        service.checkAddress(port);
        ServiceOptions.checkDuration("--timeout", timeout);
        Target target = Target.parse("--inventory", inventory);
        Database own = db.database();
        try (Lifetime lifetime = new Lifetime()) {
            Coordkit.Builder builder = Coordkit.builder()
                    .locks(lifetime.owns(service.openLocks(LOCK_TTL)))
                    .ids(lifetime.owns(ServiceOptions.valid(
                            "--worker", () -> SnowflakeIds.fixedWorker(OrderDesk.ID_TAG, worker))));
            Access access = Secret.fromEnvironment();
            HikariDataSource database = lifetime.owns(own.open());
            OrderStore store = OrderStore.in(database);
            List<String> pending = store.pending();
            ManagedChannel channel = target.channel(lifetime);
            TxnLog log = lifetime.owns(SqlTxnLog.using(database));
            OrderTransactions transactions =
                    transactions(lifetime, own, database, log, GrpcParticipants.endpoint(channel, access));
            Coordkit kit = lifetime.owns(builder.build());

            OrderDesk desk = new OrderDesk(kit, transactions, store, IdJournal.in(database), timeout, System::nanoTime);
            lifetime.owns(Resumption.start(kit, desk, pending));
            OrderAuditor auditor = new OrderAuditor(store, transactions.service(), channel, System::nanoTime);
            lifetime.serve(
                    GrpcServer.start(
                            "order",
                            service.bind(),
                            port,
                            new OrderEndpoint(new Catalogue(channel), desk, new OrderGate(), auditor),
                            GrpcInquiries.service(
                                    Map.of(HOME, transactions.service().inquiries()), access)),
                    service.child());
        }
        return 0;
    }

    private OrderTransactions transactions(
            Lifetime lifetime, Database own, HikariDataSource database, TxnLog log, BranchEndpoint stock) {
        return switch (tx) {
            case TCC -> tcc(lifetime, database, log, stock);
            case TWO_PHASE -> twoPhase(lifetime, own, log, stock);
            case THREE_PHASE -> threePhase(lifetime, own, log, stock);
        };
    }

    private static OrderTransactions tcc(
            Lifetime lifetime, HikariDataSource database, TxnLog log, BranchEndpoint stock) {
        GuardedParticipant orders = lifetime.owns(GuardedParticipant.on(
                        database, new OrderBranch(), bytes -> new String(bytes, StandardCharsets.US_ASCII))
                .name(TccOrders.ORDER)
                .reservationTtl(RESERVATION_TTL)
                .asks(HOME, lifetime.owns(LogInquiries.on(log)))
                .open());
        Unfinished.report(log, orders.reservations(Integer.MAX_VALUE).stream().map(Reservation::gid));
        return new TccOrders(lifetime.owns(TccCoordinator.builder()
                .log(log)
                .home(HOME)
                .name(NAME)
                .lease(LEASE)
                .participant(TccOrders.ORDER, orders)
                .participant(OrderTransactions.INVENTORY, stock)
                .observer(new TransactionLines())
                .open()));
    }

    private static OrderTransactions twoPhase(Lifetime lifetime, Database own, TxnLog log, BranchEndpoint stock) {
        return new TwoPhaseOrders(lifetime.owns(coordinator(log, stock)
                .database(XaDatabase.of(TwoPhaseOrders.DATABASE, own.forTwoPhase()))
                .open()));
    }

    private OrderTransactions threePhase(Lifetime lifetime, Database own, TxnLog log, BranchEndpoint stock) {
        XaParticipant<String> orders = lifetime.owns(XaParticipant.on(
                        XaDatabase.of(ThreePhaseOrders.ORDER, own.forTwoPhase()),
                        (handle, call, orderNo) -> TwoPhaseOrders.confirm(handle.getConnection(), orderNo),
                        bytes -> new String(bytes, StandardCharsets.US_ASCII))
                .asks(HOME, lifetime.owns(LogInquiries.on(log)))
                .askEvery(RESERVATION_TTL)
                .endsAlone(tx.allowedAlone().orElseThrow())
                .open());
        return new ThreePhaseOrders(lifetime.owns(coordinator(log, stock)
                .participant(ThreePhaseOrders.ORDER, orders)
                .open()));
    }

    private static TwoPhaseCoordinator.Builder coordinator(TxnLog log, BranchEndpoint stock) {
        Unfinished.report(log, Stream.of());
        return TwoPhaseCoordinator.builder()
                .log(log)
                .home(HOME)
                .name(NAME)
                .lease(LEASE)
                .participant(OrderTransactions.INVENTORY, stock)
                .observer(new TransactionLines());
    }
}
