package io.coordkit.id.sql;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.sql.H2Durability;
import io.coordkit.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Ranges from a table of a MySQL, MariaDB or H2 database, shared by any number of processes: the classic
 * {@code id_generator (id, biz_type, max_id, step, version)}, Leaf's {@code leaf_alloc}, or auto-increment columns; see
 * {@link SqlRangeTable}. An existing table of that shape is used as it is; a tag without a row gets one with its first
 * range, which begins at 1. Settings beside {@code store = jdbc:...}: {@code user}, {@code password}, {@code step} (ids
 * per range of new tags, default 1000), {@code table} ({@code id-generator}, the default, {@code leaf-alloc} or
 * {@code auto-increment}).
 *
 * <p><b>Promised:</b> no id is in two ranges, and the ranges of a tag ascend. A range is handed out only after the
 * database has acknowledged it. If the answer is lost, the range may be taken or not; either way it is never handed out:
 * the next call reads the row anew and leaves a gap where it was taken.
 *
 * <p><b>Not promised:</b> that numbers have no gaps; or anything after a row was deleted, its {@code max_id} lowered, or
 * an old backup restored. Tags are compared to the last character: where a column's collation ignores case, the second
 * of two tags that differ only in case is refused, never given the other's ids.
 *
 * <p><b>How.</b> Read the row, then {@code UPDATE ... WHERE version = }what was read; {@code leaf_alloc} has no version,
 * there {@code max_id} alone is compared. Who comes second changes no row and tries again after a random pause, for at
 * most 10 s. No lock is held between the two statements. Each commits by itself, so connections must be in auto-commit
 * mode, outside of any surrounding transaction; others are refused. How long a dead connection is waited for is up to the
 * data source's timeouts.
 *
 * <p>Thread-safe. Closes nothing it was given.
 */
public final class SqlRangeAllocator implements RangeAllocator {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_NANOS = 500_000;
    private static final int PAUSE_DOUBLINGS = 7;
    private static final String NO_AUTO_COMMIT =
            "the data source hands out connections without auto-commit, whose rollback would give a range out twice;"
                    + " use one that is not part of a surrounding transaction";

    private final Jdbi jdbi;
    private final RangeTable table;
    private final LongSupplier ticker;
    private volatile boolean closed;

    private SqlRangeAllocator(Jdbi jdbi, RangeTable table, LongSupplier ticker) {
        this.jdbi = jdbi;
        this.table = table;
        this.ticker = ticker;
    }

    /** An allocator with default options. See {@link #using(DataSource, SqlRangeOptions)}. */
    public static RangeAllocator using(DataSource dataSource) {
        return using(dataSource, SqlRangeOptions.DEFAULTS);
    }

    /**
     * An allocator on that database, which is asked at once.
     *
     * @throws ConfigurationException if the database could lose acknowledged commits (H2 without
     *     {@code WRITE_DELAY=0}), hands out connections without auto-commit, or has no such table
     * @throws BackendUnreachableException if it does not answer
     */
    public static RangeAllocator using(DataSource dataSource, SqlRangeOptions options) {
        return open(Jdbi.create(dataSource), table(options), options.createTable());
    }

    /**
     * An allocator with a connection of its own for each range, from {@link java.sql.DriverManager}; throws as
     * {@link #using(DataSource, SqlRangeOptions)}. Unless the URL says otherwise, MySQL's driver waits 10 s for an answer.
     *
     * @param properties what the driver wants beside the URL, most often {@code user} and {@code password}
     */
    public static RangeAllocator connect(String jdbcUrl, Properties properties, SqlRangeOptions options) {
        return open(
                Jdbi.create(jdbcUrl, SqlTimeouts.added(jdbcUrl, properties)), table(options), options.createTable());
    }

    private static RangeTable table(SqlRangeOptions options) {
        return switch (options.table()) {
            case ID_GENERATOR -> CounterTable.classic(new Numbering.Dense(options.step(), 1));
            case LEAF_ALLOC -> CounterTable.leaf(new Numbering.Dense(options.step(), 0));
            case AUTO_INCREMENT -> new TicketTables(options.step());
        };
    }

    static SqlRangeAllocator open(Jdbi jdbi, RangeTable table, boolean create) {
        try {
            jdbi.useHandle(handle -> {
                H2Durability.require(handle.getConnection());
                if (!handle.getConnection().getAutoCommit()) {
                    throw new ConfigurationException(NO_AUTO_COMMIT);
                }
                table.prepare(handle, create);
            });
        } catch (ConnectionException | SQLException e) {
            throw new BackendUnreachableException("The database of the id ranges did not answer: " + reason(e), e);
        } catch (JdbiException e) {
            throw new ConfigurationException(
                    "Table " + table.name() + " could not be created or read: " + reason(e), e);
        }
        return new SqlRangeAllocator(jdbi, table, System::nanoTime);
    }

    @Override
    public Set<RangeGuarantee> guarantees() {
        return table.guarantees();
    }

    @Override
    public IdRange allocate(String tag, long wanted) {
        IdTags.require(tag);
        if (wanted < 0) {
            throw new IllegalArgumentException("wanted must not be negative, was " + wanted);
        }
        long began = ticker.getAsLong();
        JdbiException contention = null;
        for (int attempt = 1; ; attempt++) {
            if (closed) {
                throw new IdUnavailableException(tag, "the allocator is closed", null);
            }
            try {
                Optional<IdRange> range = jdbi.withHandle(handle -> {
                    requireAutoCommit(handle, tag);
                    return table.take(handle, tag, wanted);
                });
                if (range.isPresent()) {
                    return range.get();
                }
            } catch (JdbiException e) {
                if (!SqlErrors.isContention(e)) {
                    throw unanswered(tag, "give a range", e);
                }
                contention = e;
            } catch (SQLException e) {
                throw unanswered(tag, "give a range", e);
            }
            pauseAfter(tag, attempt, began, contention);
        }
    }

    @Override
    public boolean giveBack(String tag, IdRange tail) {
        IdTags.require(tag);
        if (closed || !table.guarantees().contains(RangeGuarantee.TAKES_BACK)) {
            return false;
        }
        try {
            return jdbi.withHandle(handle -> {
                requireAutoCommit(handle, tag);
                return table.giveBack(handle, tag, tail);
            });
        } catch (JdbiException e) {
            if (SqlErrors.isContention(e)) {
                return false; // somebody is taking the next range at this moment
            }
            throw unanswered(tag, "take the rest of a range back", e);
        } catch (SQLException e) {
            throw unanswered(tag, "take the rest of a range back", e);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private static void requireAutoCommit(Handle handle, String tag) throws SQLException {
        if (!handle.getConnection().getAutoCommit()) {
            throw new IdUnavailableException(tag, NO_AUTO_COMMIT, null);
        }
    }

    private void pauseAfter(String tag, int attempt, long began, @Nullable JdbiException contention) {
        if (ticker.getAsLong() - began >= PATIENCE.toNanos()) {
            throw new IdUnavailableException(
                    tag, "other clients were faster " + attempt + " times within " + PATIENCE, contention);
        }
        long longest = FIRST_PAUSE_NANOS << Math.min(attempt, PAUSE_DOUBLINGS);
        LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(longest));
        if (Thread.currentThread().isInterrupted()) {
            throw new IdUnavailableException(tag, "interrupted after " + attempt + " lost races", contention);
        }
    }

    private static IdUnavailableException unanswered(String tag, String what, Exception e) {
        return new IdUnavailableException(tag, "the database did not " + what + ": " + reason(e), e);
    }

    /** What the database said, without Jdbi's words around it. */
    private static @Nullable String reason(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                return cause.getMessage();
            }
        }
        return e.getMessage();
    }
}
