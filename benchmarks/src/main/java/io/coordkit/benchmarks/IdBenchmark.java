package io.coordkit.benchmarks;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.segment.SegmentIds;
import io.coordkit.id.segment.SegmentMode;
import io.coordkit.id.segment.SegmentOptions;
import io.coordkit.id.snowflake.SnowflakeIds;
import io.coordkit.observe.CoordObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import me.ahoo.cosid.segment.IdSegment;
import me.ahoo.cosid.segment.IdSegmentDistributor;
import me.ahoo.cosid.segment.SegmentChainId;
import me.ahoo.cosid.segment.concurrent.PrefetchWorkerExecutorService;
import me.ahoo.cosid.snowflake.MillisecondSnowflakeId;
import me.ahoo.cosid.snowflake.SnowflakeId;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Ids in one process, without a store: ours, CosId's and the bare {@link AtomicLong}. CosId is given ranges as large as
 * ours grow to, and segments that never expire.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
public class IdBenchmark {
    private static final int BATCH = 1024;
    private static final int COSID_STEP = 1_000_000;
    private static final int WORKER = 7;

    private final AtomicLong counter = new AtomicLong();
    private IdGenerator strict;
    private IdGenerator striped;
    private IdGenerator snowflake;
    private SegmentChainId cosIdChain;
    private SnowflakeId cosIdSnowflake;

    /** Opens them all; none does anything before it is asked. */
    @Setup(Level.Trial)
    public void open() {
        strict = SegmentIds.over("strict", new MemoryRanges(), CoordObserver.NONE);
        striped = SegmentIds.over(
                "striped",
                new MemoryRanges(),
                SegmentOptions.DEFAULTS.withMode(SegmentMode.STRIPED),
                CoordObserver.NONE);
        snowflake = SnowflakeIds.fixedWorker("snowflake", WORKER);
        cosIdChain = new SegmentChainId(
                IdSegment.TIME_TO_LIVE_FOREVER,
                SegmentChainId.DEFAULT_SAFE_DISTANCE,
                new IdSegmentDistributor.Atomic(COSID_STEP),
                PrefetchWorkerExecutorService.DEFAULT);
        cosIdSnowflake = new MillisecondSnowflakeId(WORKER);
    }

    /** Closes ours. */
    @TearDown(Level.Trial)
    public void close() {
        strict.close();
        striped.close();
        snowflake.close();
    }

    /** What a thread fills. */
    @State(Scope.Thread)
    public static class Batch {
        private final long[] ids = new long[BATCH];
    }

    /** Segments, strict. */
    @Benchmark
    public long strict() {
        return strict.next();
    }

    /** Segments, striped. */
    @Benchmark
    public long striped() {
        return striped.next();
    }

    /** Segments, 1,024 at a time. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long[] fill(Batch batch) {
        strict.fill(batch.ids);
        return batch.ids;
    }

    /** Snowflake, 41/10/12: no faster than 4.096 a microsecond for long. */
    @Benchmark
    public long snowflake() {
        return snowflake.next();
    }

    /** CosId's chain of segments. */
    @Benchmark
    public long cosIdChain() {
        return cosIdChain.generate();
    }

    /** CosId's snowflake, with the same layout. */
    @Benchmark
    public long cosIdSnowflake() {
        return cosIdSnowflake.generate();
    }

    /** A counter that nothing is promised of. */
    @Benchmark
    public long atomicLong() {
        return counter.incrementAndGet();
    }
}
