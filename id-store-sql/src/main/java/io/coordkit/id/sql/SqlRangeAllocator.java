package io.coordkit.id.sql;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Ranges from the classic table {@code id_generator (id, biz_type, max_id, step, version)} of a MySQL, MariaDB or H2
 * database, shared by any number of processes. An existing table of that shape is used as it is; a tag without a row gets
 * one with its first range, which begins at 1.
 *
 * <p><b>Promised:</b> no id is in two ranges, and the ranges of a tag ascend. A range is handed out only after the
 * database has acknowledged it. If the answer is lost, the range may be taken or not; either way it is never handed out:
 * the next call reads the row anew and leaves a gap where it was taken.
 *
 * <p><b>Not promised:</b> that numbers have no gaps; or anything after a row was deleted, its {@code max_id} lowered, or
 * an old backup restored.
 *
 * <p><b>How.</b> Read the row, then {@code UPDATE ... WHERE version = }what was read. Who comes second changes no row and
 * tries again after a random pause, for at most 10 s. No lock is held between the two statements. Each commits by itself,
 * so connections must be in auto-commit mode, outside of any surrounding transaction; others are refused. How long a dead
 * connection is waited for is up to the data source's timeouts.
 *
 * <p>Thread-safe. Closes nothing it was given.
 */
public final class SqlRangeAllocator implements RangeAllocator {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_NANOS = 500_000;
    private static final int PAUSE_DOUBLINGS = 7;

    private final Jdbi jdbi;
    private final int newStep;
    private final LongSupplier ticker;
    private volatile boolean closed;

    private SqlRangeAllocator(Jdbi jdbi, int newStep, LongSupplier ticker) {
        this.jdbi = jdbi;
        this.newStep = newStep;
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
        return open(Jdbi.create(dataSource), options);
    }

    /**
     * An allocator with a connection of its own for each range, from {@link java.sql.DriverManager}; throws as
     * {@link #using(DataSource, SqlRangeOptions)}.
     *
     * @param properties what the driver wants beside the URL, most often {@code user} and {@code password}
     */
    public static RangeAllocator connect(String jdbcUrl, Properties properties, SqlRangeOptions options) {
        return open(Jdbi.create(jdbcUrl, properties), options);
    }

    private static RangeAllocator open(Jdbi jdbi, SqlRangeOptions options) {
        try {
            jdbi.useHandle(handle -> RangeTable.prepare(handle, options.createTable()));
        } catch (ConnectionException | SQLException e) {
            throw new BackendUnreachableException("The database of the id ranges did not answer: " + reason(e), e);
        } catch (JdbiException e) {
            throw new ConfigurationException("Table id_generator could not be created or read: " + reason(e), e);
        }
        return new SqlRangeAllocator(jdbi, options.step(), System::nanoTime);
    }

    @Override
    public IdRange allocate(String tag) {
        IdTags.require(tag);
        long began = ticker.getAsLong();
        JdbiException contention = null;
        for (int attempt = 1; ; attempt++) {
            if (closed) {
                throw new IdUnavailableException(tag, "the allocator is closed", null);
            }
            try {
                Optional<IdRange> range = jdbi.withHandle(handle -> RangeTable.take(handle, tag, newStep));
                if (range.isPresent()) {
                    return range.get();
                }
            } catch (JdbiException e) {
                if (!SqlErrors.isContention(e)) {
                    throw unanswered(tag, e);
                }
                contention = e;
            } catch (SQLException e) {
                throw unanswered(tag, e);
            }
            pauseAfter(tag, attempt, began, contention);
        }
    }

    @Override
    public void close() {
        closed = true;
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

    private static IdUnavailableException unanswered(String tag, Exception e) {
        return new IdUnavailableException(tag, "the database did not give a range: " + reason(e), e);
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
