package io.coordkit.txn.grpc;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.LogInquiries;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.coordkit.txn.tcc.TccCoordinator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Jdbi;

/**
 * Transactions of two branches, by 16 clients, over real gRPC and wires that lose, repeat, delay and reorder everything.
 * All branches contend for two rows, in both orders. Printed seeds are given again as {@code coordkit.chaos.seed}.
 */
abstract class MessageChaos {
    private static final int CLIENTS = 16;
    private static final int COUNTERS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** A new database for the participants, for 20 connections; who asks for the next no longer needs it. */
    abstract DataSource newDatabase();

    /** What makes a column of it tell case apart. */
    abstract String binary();

    final void everythingLostRepeatedDelayedAndReordered_isDoneOnceOrNotAtAll(int transactions) throws Exception {
        long seed = Long.getLong("coordkit.chaos.seed", new Random().nextLong());
        System.out.println("Chaos seed " + seed + ", " + transactions + " transactions");
        JdbcConnectionPool logDatabase = StockServer.database();
        TxnLog log = SqlTxnLog.using(logDatabase);
        DataSource database = newDatabase();
        EffectRows business = new EffectRows(database, binary(), "refuse", () -> false, COUNTERS);
        try (InquiryEndpoint inquiries = LogInquiries.on(log);
                GuardedParticipant guarded = GuardedParticipant.on(
                                database, business, bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .threads(16)
                        .reservationTtl(ofSeconds(2))
                        .asks("default", inquiries)
                        .open();
                Loopback server =
                        new Loopback(GrpcParticipants.service(Map.of("one", guarded, "two", guarded), Access.open()));
                BranchEndpoint client = GrpcParticipants.endpoint(server.channel(), Access.open(), ofSeconds(20));
                ChaoticWire wire = new ChaoticWire(client, seed);
                Tcc tcc = TccCoordinator.builder()
                        .log(log)
                        .participant("one", wire)
                        .participant("two", wire)
                        .retry(RetrySchedule.DEFAULTS.withWaits(ofMillis(2), ofMillis(50)))
                        .callTimeout(ofSeconds(20))
                        .open()) {
            long began = System.nanoTime();
            Map<String, Outcome<String>> outcomes = run(tcc, transactions, new Random(seed));
            awaitSettled(log, guarded);
            System.out.printf(
                    "Chaos: %d transactions, %d committed, %.0f/s%n",
                    transactions,
                    outcomes.values().stream()
                            .filter(Outcome.Committed.class::isInstance)
                            .count(),
                    transactions * 1e9 / (System.nanoTime() - began));
            assertThat(wire.failures())
                    .as("no contention reaches the coordinator")
                    .isEmpty();
            assertDoneOnceOrNotAtAll(database, outcomes);
        } finally {
            StockServer.drop(logDatabase);
        }
    }

    private static Map<String, Outcome<String>> run(Tcc tcc, int transactions, Random random) throws Exception {
        String run = UUID.randomUUID().toString().substring(0, 8);
        Map<String, Outcome<String>> outcomes = new ConcurrentHashMap<>();
        AtomicInteger number = new AtomicInteger();
        List<Callable<Integer>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            Random own = new Random(random.nextLong());
            clients.add(() -> {
                for (int i = number.incrementAndGet(); i <= transactions; i = number.incrementAndGet()) {
                    String gid = run + "-" + i;
                    byte[] payload = (own.nextInt(20) == 0 ? "refused" : "payload").getBytes(StandardCharsets.UTF_8);
                    // Some have no time: their tries and cancels overtake each other.
                    Duration timeout = own.nextInt(10) == 0 ? ofMillis(1 + own.nextInt(30)) : ofSeconds(60);
                    outcomes.put(gid, tcc.begin(gid).timeout(timeout).run(tx -> {
                        tx.enlist("one", payload);
                        return tx.enlist("two", payload);
                    }));
                }
                return 0;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            for (Future<Integer> client : threads.invokeAll(clients)) {
                client.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return outcomes;
    }

    private static void awaitSettled(TxnLog log, GuardedParticipant guarded) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!log.unfinished(1).isEmpty() || !guarded.reservations(1).isEmpty()) {
            TooLate.check(
                    end, "nothing unfinished, nothing suspended: %s, %s", log.unfinished(3), guarded.reservations(3));
            LockSupport.parkNanos(ofMillis(100).toNanos());
        }
    }

    private static void assertDoneOnceOrNotAtAll(DataSource database, Map<String, Outcome<String>> outcomes) {
        Map<String, Map<String, Integer>> effects = Jdbi.create(database)
                .withHandle(handle -> handle.createQuery(
                                "SELECT gid, operation, COUNT(*) AS times FROM effects" + " GROUP BY gid, operation")
                        .map((rows, context) ->
                                List.of(rows.getString("gid"), rows.getString("operation"), rows.getString("times")))
                        .collect(Collectors.groupingBy(
                                row -> row.get(0),
                                Collectors.toMap(row -> row.get(1), row -> Integer.parseInt(row.get(2))))));
        assertThat(effects.keySet().stream().filter(gid -> !outcomes.containsKey(gid)))
                .as("nothing else was done")
                .isEmpty();
        outcomes.forEach((gid, outcome) -> {
            Map<String, Integer> done = effects.getOrDefault(gid, Map.of());
            int tries = done.getOrDefault("TRY", 0);
            if (outcome instanceof Outcome.Committed) {
                assertThat(done).as("%s", outcome).isEqualTo(Map.of("TRY", 2, "CONFIRM", 2));
            } else {
                assertThat(tries).as("%s", outcome).isLessThanOrEqualTo(2);
                assertThat(done.getOrDefault("CANCEL", 0)).as("%s", outcome).isEqualTo(tries);
                assertThat(done).as("%s", outcome).doesNotContainKey("CONFIRM");
            }
        });
    }
}
