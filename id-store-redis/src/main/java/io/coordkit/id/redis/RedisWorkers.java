package io.coordkit.id.redis;

import io.coordkit.id.WorkerGuarantee;
import io.coordkit.id.WorkerGuarantees;
import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;

/**
 * Records of worker numbers in one hash per tag.
 *
 * <p>After a restart Redis may have nothing, or what it had a while ago, and looks healthy with either. Nothing that it
 * knew before its start can reach further than a window beyond that start; so until then every record counts as used until
 * then. Thread-safe.
 */
final class RedisWorkers implements WorkerRecords {
    private static final WorkerGuarantees GUARANTEES = guaranteed();

    private final RedisScript read = RedisScript.load("worker-read");
    private final RedisScript replace = RedisScript.load("worker-replace");
    private final RedissonClient redisson;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisWorkers(RedissonClient redisson, Runnable onClose) {
        this.redisson = redisson;
        this.onClose = onClose;
    }

    /** The records, once Redis has answered. */
    static RedisWorkers over(RedissonClient redisson, Runnable onClose) {
        RedisWorkers records = new RedisWorkers(redisson, onClose);
        var unused = records.read("any", 0, Duration.ZERO);
        return records;
    }

    private static WorkerGuarantees guaranteed() {
        String one = "on one Redis, or through a failover that loses nothing";
        return new WorkerGuarantees(
                "redis",
                Map.of(
                        WorkerGuarantee.EXCLUSIVE, one,
                        WorkerGuarantee.ZOMBIE_SAFE, one,
                        WorkerGuarantee.RESTART_SAFE, one,
                        WorkerGuarantee.STORE_CLOCK, "always",
                        WorkerGuarantee.SURVIVES_DATA_LOSS,
                                "in a restart, if the server's clock is not behind where it was"));
    }

    @Override
    public WorkerGuarantees guarantees() {
        return GUARANTEES;
    }

    @Override
    public Records readAll(String tag, Duration window) {
        return records(read.run(redisson, key(tag)), window);
    }

    @Override
    public Records read(String tag, int worker, Duration window) {
        return records(read.run(redisson, key(tag), Integer.toString(worker)), window);
    }

    private static Records records(List<Object> reply, Duration window) {
        Instant now = Instant.ofEpochMilli(number(reply.get(0)));
        // In whole seconds, rounded down, so the start was no later than this.
        Instant start = now.minusSeconds(number(reply.get(1)));
        Instant forgotten = start.plus(window);
        Instant least = forgotten.isBefore(now) ? Instant.EPOCH : forgotten;
        List<Entry> entries = new ArrayList<>();
        for (int i = 2; i < reply.size(); i += 2) {
            WorkerRecord record = parse(String.valueOf(reply.get(i + 1)));
            Instant until = record.reservedUntil().isBefore(least) ? least : record.reservedUntil();
            boolean taken = !record.owner().equals(WorkerRecord.NOBODY) && !now.isAfter(until);
            entries.add(new Entry((int) number(reply.get(i)), record, taken, until));
        }
        return new Records(now, entries);
    }

    @Override
    public boolean replace(
            String tag,
            int worker,
            @Nullable WorkerRecord expected,
            WorkerRecord next,
            Instant readAt,
            Duration window) {
        List<Object> reply = replace.run(
                redisson,
                key(tag),
                Integer.toString(worker),
                expected == null ? "" : format(expected),
                format(next),
                Long.toString(readAt.toEpochMilli()));
        return number(reply.get(0)) == 1;
    }

    private static String key(String tag) {
        return "ck:ids:{" + tag + "}:w";
    }

    private static String format(WorkerRecord record) {
        return record.owner() + " " + record.reservedUntil().toEpochMilli();
    }

    private static WorkerRecord parse(String text) {
        int blank = text.indexOf(' ');
        return new WorkerRecord(
                text.substring(0, blank), Instant.ofEpochMilli(Long.parseLong(text.substring(blank + 1))));
    }

    private static long number(Object reply) {
        return Long.parseLong(String.valueOf(reply));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }
}
