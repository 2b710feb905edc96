package io.coordkit.id.sql;

import io.coordkit.BackendUnreachableException;
import io.coordkit.id.WorkerGuarantee;
import io.coordkit.id.WorkerGuarantees;
import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The statements on {@code coordkit_worker_lease}. Each is a transaction of its own. Thread-safe. */
final class WorkerTable implements WorkerRecords {
    static final String NO_AUTO_COMMIT =
            "the data source hands out connections without auto-commit, whose rollback would"
                    + " take back what a generator has begun to use; use one that is not part of a surrounding transaction";
    private static final String SELECT = "SELECT t.now_millis, w.worker, w.owner, w.reserved_until"
            + " FROM (SELECT %s AS now_millis) t LEFT JOIN coordkit_worker_lease w ON w.tag = ?";
    private static final String INSERT = "INSERT INTO coordkit_worker_lease (tag, worker, owner, reserved_until)"
            + " SELECT ?, ?, ?, ? FROM (SELECT %s AS now_millis) t WHERE t.now_millis >= ?";
    private static final String UPDATE = "UPDATE coordkit_worker_lease SET owner = ?, reserved_until = ?"
            + " WHERE tag = ? AND worker = ? AND owner = ? AND reserved_until = ? AND %s >= ?";
    private static final WorkerGuarantees GUARANTEES = guaranteed();

    private final Jdbi jdbi;
    private final String now;

    WorkerTable(Jdbi jdbi, SqlDialect dialect) {
        this.jdbi = jdbi;
        this.now = dialect.nowMillis();
    }

    private static WorkerGuarantees guaranteed() {
        String committed = "as long as the database keeps what it has committed";
        return new WorkerGuarantees(
                "sql",
                Map.of(
                        WorkerGuarantee.EXCLUSIVE, committed,
                        WorkerGuarantee.ZOMBIE_SAFE, committed,
                        WorkerGuarantee.RESTART_SAFE, committed,
                        WorkerGuarantee.STORE_CLOCK, "always"));
    }

    @Override
    public WorkerGuarantees guarantees() {
        return GUARANTEES;
    }

    @Override
    public Records readAll(String tag, Duration window) {
        return ask(handle -> select(handle.select(SELECT.formatted(now), tag)));
    }

    @Override
    public Records read(String tag, int worker, Duration window) {
        return ask(handle -> select(handle.select(SELECT.formatted(now) + " AND w.worker = ?", tag, worker)));
    }

    /** The clock comes with the rows, or alone if there are none: a statement reads one time for all it does. */
    private static Records select(Query query) {
        List<Row> rows = query.map(
                        (row, context) -> new Row(row.getLong(1), row.getInt(2), row.getString(3), row.getLong(4)))
                .list();
        return new Records(
                Instant.ofEpochMilli(rows.get(0).nowMillis),
                rows.stream().filter(row -> row.owner != null).map(Row::entry).toList());
    }

    private record Row(long nowMillis, int worker, @Nullable String owner, long reservedUntil) {
        Entry entry() {
            String known = owner == null ? WorkerRecord.NOBODY : owner;
            boolean taken = !known.equals(WorkerRecord.NOBODY) && nowMillis <= reservedUntil;
            Instant until = Instant.ofEpochMilli(reservedUntil);
            return new Entry(worker, new WorkerRecord(known, until), taken, until);
        }
    }

    @Override
    public boolean replace(
            String tag,
            int worker,
            @Nullable WorkerRecord expected,
            WorkerRecord next,
            Instant readAt,
            Duration window) {
        try {
            return ask(handle -> {
                int rows = expected == null
                        ? handle.execute(
                                INSERT.formatted(now),
                                tag,
                                worker,
                                next.owner(),
                                next.reservedUntil().toEpochMilli(),
                                readAt.toEpochMilli())
                        : handle.execute(
                                UPDATE.formatted(now),
                                next.owner(),
                                next.reservedUntil().toEpochMilli(),
                                tag,
                                worker,
                                expected.owner(),
                                expected.reservedUntil().toEpochMilli(),
                                readAt.toEpochMilli());
                return rows == 1;
            });
        } catch (BackendUnreachableException e) {
            // Another owner was faster with the insert, or is just now with the update.
            if (SqlErrors.isDuplicateKey(e) || SqlErrors.isContention(e)) {
                return false;
            }
            throw e;
        }
    }

    private <T> T ask(Question<T> question) {
        try (Handle handle = jdbi.open()) {
            if (!handle.getConnection().getAutoCommit()) {
                throw new BackendUnreachableException(NO_AUTO_COMMIT, null);
            }
            return question.of(handle);
        } catch (JdbiException | SQLException e) {
            throw new BackendUnreachableException("the database failed: " + SqlReason.of(e), e);
        }
    }

    private interface Question<T> {
        T of(Handle handle);
    }

    @Override
    public void close() {}
}
