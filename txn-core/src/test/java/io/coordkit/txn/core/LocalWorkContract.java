package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TransactionalLog;
import io.coordkit.txn.spi.TransactionalLog.Work;
import io.coordkit.txn.spi.TransactionalLog.WorkFailedException;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application writes along with a decision is there exactly if the decision to commit is. */
abstract class LocalWorkContract {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int THREADS = 4;
    private static final int PER_THREAD = 10;

    private final String gid = "work-" + UUID.randomUUID();
    private TransactionalLog log;
    private Jdbi jdbi;

    /** For ten connections and more. */
    abstract DataSource database();

    /** Ends that connection's session, from outside. */
    abstract void kill(Connection connection) throws SQLException;

    @BeforeEach
    void open() {
        log = SqlTxnLog.using(database());
        jdbi = Jdbi.create(database());
        jdbi.useHandle(handle -> handle.execute(
                "CREATE TABLE IF NOT EXISTS orders (gid VARCHAR(64) NOT NULL PRIMARY KEY, amount INT NOT NULL)"));
    }

    private TxnProposal commit(String id) {
        return new TxnProposal(id, Decision.COMMIT, log.now().plus(LONG), "somebody/1", List.of());
    }

    private Work ordering(String id) {
        return connection -> {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, 5)")) {
                insert.setString(1, id);
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }
        };
    }

    private int orders(String id) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM orders WHERE gid = ?")
                .bind(0, id)
                .mapTo(Integer.class)
                .one());
    }

    @Test
    void bothAreThere() {
        TxnRecord standing = log.decide(commit(gid), ordering(gid));
        assertThat(standing.state()).isEqualTo(TxnState.COMMITTING);
        assertThat(log.find(gid)).hasValue(standing);
        assertThat(orders(gid)).isEqualTo(1);
    }

    @Test
    void untilTheCommit_neitherIsThere_andTheDecisionIsOpen() {
        log.decide(commit(gid), connection -> {
            ordering(gid).run(connection);
            assertThat(orders(gid)).isZero();
            assertThat(log.find(gid)).isEmpty();
        });
        assertThat(orders(gid)).isEqualTo(1);
    }

    @Test
    void whatHasBeenDecided_isAnswered_withoutTheWork() {
        TxnRecord abort = log.decide(commit(gid).aborting("an inquiry came first"));
        assertThat(log.decide(commit(gid), ordering(gid))).isEqualTo(abort);
        assertThat(orders(gid)).isZero();
    }

    @Test
    void anAbortThatComesDuringTheWork_winsAndRollsItBack() {
        TxnRecord standing = log.decide(commit(gid), connection -> {
            ordering(gid).run(connection);
            log.decide(commit(gid).aborting("an inquiry came in between"));
        });
        assertThat(standing.decision().reason()).isEqualTo("an inquiry came in between");
        assertThat(orders(gid)).isZero();
    }

    @Test
    void afterTheDeadline_theWorkIsRolledBack_andAnAbortStands() {
        TxnProposal late = new TxnProposal(gid, Decision.COMMIT, log.now().minusMillis(1), "somebody/1", List.of());
        assertThat(log.decide(late, ordering(gid)).decision().isCommit()).isFalse();
        assertThat(log.find(gid).orElseThrow().decision().isCommit()).isFalse();
        assertThat(orders(gid)).isZero();
    }

    @Test
    void workThatFails_leavesNothing_andTellsWhy() {
        IllegalStateException failure = new IllegalStateException("no credit");
        assertThatThrownBy(() -> log.decide(commit(gid), connection -> {
                    ordering(gid).run(connection);
                    throw failure;
                }))
                .isInstanceOf(WorkFailedException.class)
                .hasCause(failure);
        assertThat(orders(gid)).isZero();
        assertThat(log.find(gid)).isEmpty();
    }

    @Test
    void workCannotEndTheTransaction() {
        List<String> refused = new ArrayList<>();
        log.decide(commit(gid), connection -> {
            connection.close();
            for (Work ending :
                    List.<Work>of(Connection::commit, Connection::rollback, one -> one.setAutoCommit(true))) {
                try {
                    ending.run(connection);
                } catch (SQLException e) {
                    refused.add(e.getMessage());
                }
            }
            ordering(gid).run(connection);
        });
        assertThat(refused).hasSize(3).allMatch(message -> message.contains("coordinator"));
        assertThat(orders(gid)).isEqualTo(1);
    }

    @Test
    void aConnectionThatDiesBeforeTheCommit_leavesNothing() {
        assertThatThrownBy(() -> log.decide(commit(gid), connection -> {
                    ordering(gid).run(connection);
                    kill(connection);
                }))
                .isInstanceOfAny(TxnException.class, WorkFailedException.class);
        TxnRecord settled = log.decide(commit(gid).aborting("settled"));
        assertThat(settled.decision().isCommit()).isFalse();
        assertThat(orders(gid)).isZero();
    }

    @Test
    void workThatDeadlocks_isDoneAgain_andOnce() throws Exception {
        jdbi.useHandle(handle -> {
            for (String row : List.of("hot-1", "hot-2")) {
                handle.execute("DELETE FROM orders WHERE gid = ?", row);
                handle.execute("INSERT INTO orders VALUES (?, 0)", row);
            }
        });
        AtomicInteger runs = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                List<String> rows = thread % 2 == 0 ? List.of("hot-1", "hot-2") : List.of("hot-2", "hot-1");
                String prefix = gid + "-" + thread + "-";
                all.add(threads.submit(() -> {
                    for (int i = 0; i < PER_THREAD; i++) {
                        assertThat(log.decide(commit(prefix + i), connection -> {
                                            runs.incrementAndGet();
                                            for (String row : rows) {
                                                increment(connection, row);
                                            }
                                        })
                                        .decision()
                                        .isCommit())
                                .isTrue();
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.printf("%d decisions with work that deadlocks took %d runs%n", THREADS * PER_THREAD, runs.get());
        int sum = jdbi.withHandle(
                handle -> handle.createQuery("SELECT SUM(amount) FROM orders WHERE gid IN ('hot-1', 'hot-2')")
                        .mapTo(Integer.class)
                        .one());
        assertThat(sum).isEqualTo(2 * THREADS * PER_THREAD);
    }

    private static void increment(Connection connection, String row) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE orders SET amount = amount + 1 WHERE gid = ?")) {
            update.setString(1, row);
            update.executeUpdate();
        }
    }
}
