package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.txn.Payload;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * All that a participant does changes the same two rows, half of it in one order and half in the other, so that nearly
 * everything deadlocks with something: nobody but the guard may notice.
 */
class HotRowsTest {
    private static final int CLIENTS = 16;
    private static final int CALLS = 2_000;

    /** How often each gid was run. */
    private final ConcurrentMap<String, Integer> runs = new ConcurrentHashMap<>();

    private MariaDbServer server;
    private HikariDataSource pool;

    @BeforeEach
    void start() {
        server = MariaDbServer.start();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.createDatabase("hot"));
        config.setMaximumPoolSize(20);
        pool = new HikariDataSource(config);
        Jdbi.create(pool).useHandle(handle -> {
            handle.execute("CREATE TABLE hot (id INT NOT NULL PRIMARY KEY, tries INT NOT NULL)");
            handle.execute("INSERT INTO hot VALUES (0, 0), (1, 0)");
        });
    }

    @AfterEach
    void stop() {
        pool.close();
        server.close();
    }

    /** Counts each try in both rows. */
    private final class Hot implements TccParticipant<String> {
        @Override
        public void onTry(Handle handle, BranchCall call, String payload) {
            runs.merge(call.gid(), 1, Integer::sum);
            int first = call.gid().hashCode() & 1;
            for (int id : new int[] {first, 1 - first}) {
                handle.execute("UPDATE hot SET tries = tries + 1 WHERE id = ?", id);
            }
        }

        @Override
        public void onConfirm(Handle handle, BranchCall call, String payload) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onCancel(Handle handle, BranchCall call, String payload) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void twoRowsInBothOrders_byAll() throws Exception {
        AtomicInteger number = new AtomicInteger();
        AtomicLong longest = new AtomicLong();
        TxnOrigin origin =
                new TxnOrigin("home", "coordinator/1", 1, Instant.now().plus(Duration.ofHours(1)));
        try (GuardedParticipant guarded = GuardedParticipant.on(
                        pool, new Hot(), bytes -> new String(bytes, StandardCharsets.UTF_8))
                .threads(CLIENTS)
                .asksNobody()
                .open()) {
            List<Callable<Integer>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(() -> {
                    for (int i = number.incrementAndGet(); i <= CALLS; i = number.incrementAndGet()) {
                        long began = System.nanoTime();
                        CompletableFuture<BranchReply> reply = guarded.call(new BranchCall(
                                        "hot-" + i, "1", "hot", Operation.TRY, 1, origin, Payload.of(new byte[0]), ""))
                                .toCompletableFuture();
                        assertThat(reply.get(2, TimeUnit.MINUTES)).isEqualTo(new BranchReply.Done());
                        longest.accumulateAndGet(System.nanoTime() - began, Math::max);
                    }
                    return 0;
                });
            }
            Crowd.run(clients);
        }
        System.out.printf(
                "Two hot rows: %d calls by %d clients took %d runs, at most %d for one, the slowest %d ms%n",
                CALLS,
                CLIENTS,
                runs.values().stream().mapToInt(Integer::intValue).sum(),
                Collections.max(runs.values()),
                longest.get() / 1_000_000);
        List<Integer> counts = Jdbi.create(pool)
                .withHandle(handle -> handle.createQuery("SELECT tries FROM hot")
                        .mapTo(Integer.class)
                        .list());
        assertThat(counts).containsExactly(CALLS, CALLS);
    }
}
