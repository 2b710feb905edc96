package io.coordkit.samples.backend;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.ClientNames;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.Renewal;
import io.coordkit.sql.H2Durability;
import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Locks in the rows of the table {@code coordkit_lock}, which is created if it is missing, on MySQL, MariaDB or H2. All
 * times are the database's. A row stays when its lock is released, so that grants go on rising; one that has not been used
 * for a day may be deleted, for a grant is at least the database's clock.
 *
 * <p>Not promised: order among those who wait, a wake-up of one alone, exclusion when the database fails over to a replica
 * or its clock is set forward. Waiters are polled for, by one query for all of this backend every 100 to 150 ms.
 *
 * <p>Thread-safe. How long a dead connection is waited for is up to the data source: give it a timeout.
 */
final class JdbcLockBackend implements LockBackend {
    private static final int THREADS = 4;
    private static final int ATTEMPTS = 3;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final LockGuarantees GUARANTEES = new LockGuarantees(
            "jdbc",
            Map.of(
                    LockGuarantee.FENCED, "as long as the database keeps what it has committed",
                    LockGuarantee.FENCED_AFTER_DATA_LOSS, "as long as the database's clock is not set back"));

    // Bytes: a collation would take Order-1 for order-1, and a name that ends in a blank for the one without.
    private static final String TABLE = "CREATE TABLE IF NOT EXISTS coordkit_lock (name VARBINARY(1024) PRIMARY KEY,"
            + " holder VARCHAR(100) NOT NULL, last_grant BIGINT NOT NULL, expires_at BIGINT NOT NULL)";
    // One statement decides. The grant stands before the holder, for MySQL sees what is already set. Only what is < now
    // is free, not <=, for the clock is cut to milliseconds: a TTL must not end before its time.
    private static final String TAKE = "UPDATE coordkit_lock SET last_grant ="
            + " CASE WHEN holder = ? THEN last_grant ELSE GREATEST(last_grant + 1, {now} * 1000) END,"
            + " holder = ?, expires_at = {now} + ? WHERE name = ? AND (holder = ? OR expires_at < {now})";
    private static final String TAKE_NEW = "INSERT INTO coordkit_lock (name, holder, last_grant, expires_at)"
            + " VALUES (?, ?, {now} * 1000, {now} + ?)";
    private static final String FIND =
            "SELECT holder, last_grant, expires_at - {now} FROM coordkit_lock WHERE name = ?";
    private static final String RENEW = "UPDATE coordkit_lock SET expires_at = {now} + ?"
            + " WHERE name = ? AND holder = ? AND expires_at >= {now}";
    private static final String RELEASE =
            "UPDATE coordkit_lock SET holder = '', expires_at = 0 WHERE name = ? AND holder = ?";
    private static final String TAKEN =
            "SELECT name FROM coordkit_lock WHERE expires_at >= {now} AND name IN (<names>)";

    private final Jdbi jdbi;
    private final String place;
    private final String now;
    private final Runnable onClose;
    private final String client = ClientNames.next();
    private final AtomicLong candidates = new AtomicLong();
    private final Set<RowCandidacy> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor threads;

    private JdbcLockBackend(Jdbi jdbi, String place, String now, Runnable onClose) {
        this.jdbi = jdbi;
        this.place = place;
        this.now = now;
        this.onClose = onClose;
        this.threads = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "coordkit-lock-jdbc");
            thread.setDaemon(true);
            return thread;
        });
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Opens locks on that database.
     *
     * @param place what failures call it, for example {@code jdbc:mysql://db:3306/app}
     * @param onClose frees what was opened for this backend alone
     * @throws ConfigurationException if the database is none of the three, may lose commits, or refuses the table
     * @throws BackendUnreachableException if it does not answer
     */
    static JdbcLockBackend open(DataSource database, String place, Runnable onClose) {
        Jdbi jdbi = Jdbi.create(database);
        try {
            return jdbi.withHandle(handle -> {
                Connection connection = handle.getConnection();
                H2Durability.require(connection);
                if (!connection.getAutoCommit()) {
                    throw new ConfigurationException("Database " + place + " must be used with auto-commit");
                }
                handle.execute(TABLE);
                return new JdbcLockBackend(
                        jdbi, place, SqlDialect.of(connection).nowMillis(), onClose);
            });
        } catch (ConnectionException e) {
            throw new BackendUnreachableException("Database " + place + " does not answer: " + e.getMessage(), e);
        } catch (JdbiException | SQLException e) {
            throw new ConfigurationException("Database " + place + " refuses coordkit_lock: " + e.getMessage(), e);
        }
    }

    @Override
    public LockGuarantees guarantees() {
        return GUARANTEES;
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return new RowCandidacy(name, Duration.ofMillis(ttl.toMillis()), wake);
    }

    /** In one transaction, that is one commit; in the order of names, so that two of these never wait for each other. */
    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        List<RowCandidacy> ordered = due.stream()
                .map(RowCandidacy.class::cast)
                .sorted(Comparator.comparing((RowCandidacy each) -> each.name))
                .toList();
        CompletionStage<Set<Candidacy>> renewals = ask(handle -> handle.inTransaction(transaction -> {
            Set<Candidacy> extended = new HashSet<>();
            for (RowCandidacy each : ordered) {
                if (execute(transaction, RENEW, each.ttl.toMillis(), bytes(each.name), each.id) == 1) {
                    extended.add(each);
                }
            }
            return extended;
        }));
        return due.stream()
                .map(each -> renewals.thenApply(extended -> ((RowCandidacy) each).renewal(extended.contains(each))))
                .toList();
    }

    /** What runs may still end; what waits for a thread is dropped. Nothing is interrupted: that would close an H2. */
    @Override
    public void close() {
        threads.shutdown();
        onClose.run();
    }

    /** A row's holder, or who wants to be it. Immutable; equal to itself only. */
    private final class RowCandidacy implements Candidacy {
        private final String id = client + ":" + candidates.incrementAndGet();
        private final String name;
        private final Duration ttl;
        private final Runnable wake;

        RowCandidacy(String name, Duration ttl, Runnable wake) {
            this.name = name;
            this.ttl = ttl;
            this.wake = wake;
        }

        @Override
        public CompletionStage<Answer> request() {
            return ask(this::take).thenApply(answer -> {
                if (answer instanceof Answer.Pending) {
                    waiting.add(this);
                    lookLater();
                } else {
                    waiting.remove(this);
                }
                return answer;
            });
        }

        private Answer take(Handle handle) {
            execute(handle, TAKE, id, id, ttl.toMillis(), bytes(name), id);
            return find(handle).or(() -> insert(handle)).orElse(new Answer.Pending(LOOK_EVERY));
        }

        private Optional<Answer> find(Handle handle) {
            return handle.select(FIND.replace("{now}", now), bytes(name))
                    .<Answer>map((row, context) -> row.getString(1).equals(id)
                            ? new Answer.Granted(row.getLong(2), ttl)
                            : new Answer.Pending(Duration.ofMillis(Math.max(1, row.getLong(3)))))
                    .findFirst();
        }

        private Optional<Answer> insert(Handle handle) {
            try {
                execute(handle, TAKE_NEW, bytes(name), id, ttl.toMillis());
            } catch (JdbiException e) {
                if (!SqlErrors.isDuplicateKey(e)) {
                    throw e;
                }
            }
            return find(handle);
        }

        Renewal renewal(boolean extended) {
            return extended
                    ? new Renewal.Extended(ttl)
                    : new Renewal.Gone("its row has expired, is gone or names another holder");
        }

        @Override
        public CompletionStage<Void> abandon() {
            waiting.remove(this);
            return ask(handle -> execute(handle, RELEASE, bytes(name), id)).thenApply(released -> null);
        }
    }

    // ---- those that wait --------------------------------------------------------------------------------------------

    private void lookLater() {
        if (looking.compareAndSet(false, true)) {
            long nanos = LOOK_EVERY.toNanos();
            nanos += ThreadLocalRandom.current().nextLong(nanos / 2);
            var unused = threads.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Wakes all who wait for what is free: the database cannot say who was first. */
    private void look() {
        try {
            Set<String> names = waiting.stream().map(each -> each.name).collect(Collectors.toSet());
            Set<String> taken = names.isEmpty() ? Set.of() : answer(handle -> taken(handle, names));
            waiting.stream().filter(each -> !taken.contains(each.name)).forEach(each -> each.wake.run());
        } catch (BackendUnreachableException untold) {
            // Each that waits finds out by itself, when it asks again.
        } finally {
            looking.set(false);
            if (!waiting.isEmpty()) {
                lookLater();
            }
        }
    }

    private Set<String> taken(Handle handle, Set<String> names) {
        return handle.createQuery(TAKEN.replace("{now}", now))
                .bindList("names", names.stream().map(JdbcLockBackend::bytes).toList())
                .map((row, context) -> new String(row.getBytes(1), StandardCharsets.UTF_8))
                .set();
    }

    // ---- the database -----------------------------------------------------------------------------------------------

    private <T> CompletionStage<T> ask(Function<Handle, T> question) {
        try {
            return CompletableFuture.supplyAsync(() -> answer(question), threads)
                    .orTimeout(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedStage(
                    new BackendUnreachableException("Locks on " + place + " are closed", e));
        }
    }

    /** What was rolled back because of somebody else is repeated: it has changed nothing, and is not a failure. */
    private <T> T answer(Function<Handle, T> question) {
        for (int attempt = 1; true; attempt++) {
            try (Handle handle = jdbi.open()) {
                return question.apply(handle);
            } catch (JdbiException e) {
                if (attempt == ATTEMPTS || !SqlErrors.isContention(e)) {
                    throw new BackendUnreachableException("Database " + place + " failed: " + e.getMessage(), e);
                }
            }
        }
    }

    private int execute(Handle handle, String sql, Object... arguments) {
        return handle.execute(sql.replace("{now}", now), arguments);
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
