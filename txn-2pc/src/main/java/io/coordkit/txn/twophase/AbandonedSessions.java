package io.coordkit.txn.twophase;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.coordinator.Workers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that were closed while their server may be in the middle of a statement, which it notices only when that has
 * ended: until then it keeps their locks. Ends them there by one other connection, on one thread. Thread-safe.
 */
final class AbandonedSessions implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AbandonedSessions.class);
    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String database;
    private final Visit visit;
    private final ThreadPoolExecutor thread;
    private final Queue<PooledXa> abandoned = new ConcurrentLinkedQueue<>();

    /** Opens a connection to the server, for what needs one. */
    @FunctionalInterface
    interface Visit {
        void by(Errand errand) throws SQLException;
    }

    /** What is done by that connection. */
    @FunctionalInterface
    interface Errand {
        void run(PooledXa fresh) throws SQLException;
    }

    AbandonedSessions(String database, Visit visit) {
        this.database = database;
        this.visit = visit;
        this.thread = Workers.forChores("coordkit-xa-abandoned-" + database, 1);
    }

    /** Its connection is closed, or about to be. */
    void add(PooledXa connection) {
        abandoned.add(connection);
        thread.execute(this::endAll);
    }

    private void endAll() {
        for (int attempt = 1; !abandoned.isEmpty(); attempt++) {
            try {
                visit.by(fresh -> {
                    for (PooledXa each = abandoned.peek(); each != null; each = abandoned.peek()) {
                        boolean ended = fresh.server().end(fresh.session(), each);
                        log.debug(
                                "Database '{}': connection {} was {}",
                                database,
                                each.number(),
                                ended ? "ended" : "gone");
                        abandoned.remove(each);
                    }
                });
            } catch (SQLException | TxnException e) {
                if (attempt == ATTEMPTS || thread.isShutdown()) {
                    giveUp(e);
                } else {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        }
    }

    private void giveUp(Exception why) {
        for (PooledXa each = abandoned.poll(); each != null; each = abandoned.poll()) {
            log.warn(
                    "Database '{}': a statement that its server may be in the middle of on connection {}, which was closed,"
                            + " could not be ended and keeps its locks for as long as it takes: {}",
                    database,
                    each.number(),
                    why.getMessage());
        }
    }

    /** Tries once more what is left, for at most a second. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            boolean unusedEnded = thread.awaitTermination(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
