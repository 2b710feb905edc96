package io.coordkit.id.sql;

import io.coordkit.CoordException;
import io.coordkit.id.IdRange;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of several databases, opened when it first answers, and benched for a while when it does not. Thread-safe. */
final class GroupMember {
    private static final Logger log = LoggerFactory.getLogger(GroupMember.class);
    private static final Duration FIRST_BENCH = Duration.ofSeconds(1);
    private static final int BENCH_DOUBLINGS = 5;

    private final int number;
    private final Jdbi jdbi;
    private final RangeTable table;
    private final boolean create;
    private final LongSupplier ticker;
    private volatile @Nullable SqlRangeAllocator allocator;
    private volatile int failures;
    private volatile long benchedAt;

    GroupMember(int number, Jdbi jdbi, RangeTable table, boolean create, LongSupplier ticker) {
        this.number = number;
        this.jdbi = jdbi;
        this.table = table;
        this.create = create;
        this.ticker = ticker;
    }

    int number() {
        return number;
    }

    boolean isBenched() {
        int times = failures;
        long nanos = FIRST_BENCH.toNanos() << Math.min(Math.max(times - 1, 0), BENCH_DOUBLINGS);
        return times > 0 && ticker.getAsLong() - benchedAt < nanos;
    }

    /** Its next range; a failure benches it, a success takes it back. */
    IdRange allocate(String tag, long wanted) {
        try {
            IdRange range = opened().allocate(tag, wanted);
            if (failures > 0) {
                log.info("Database {} of the id ranges answers again", number);
                failures = 0;
            }
            return range;
        } catch (CoordException e) {
            if (failures == 0) {
                log.warn("Database {} of the id ranges fails, going on with the others: {}", number, e.toString());
            }
            bench();
            throw e;
        }
    }

    private synchronized void bench() {
        benchedAt = ticker.getAsLong();
        failures++;
    }

    /** Two threads may open it at once, which does no harm; a lock would make one wait for the other's I/O. */
    private SqlRangeAllocator opened() {
        SqlRangeAllocator opened = allocator;
        if (opened == null) {
            opened = SqlRangeAllocator.open(jdbi, table, create);
            allocator = opened;
        }
        return opened;
    }
}
