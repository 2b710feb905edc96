package io.coordkit.id.redis;

import io.coordkit.BackendUnreachableException;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisson.api.RedissonClient;

/**
 * Ids that a durable floor has reserved, handed out by INCRBY. Redis never decides what may be issued: whatever it loses
 * or finds again, the next ids come from the floor, which knows them to be new. Thread-safe.
 */
final class RedisRanges implements RangeAllocator {
    private static final int ATTEMPTS = 20;

    private final RedisScript take = RedisScript.load("range-take");
    private final RedisScript reserve = RedisScript.load("range-reserve");
    private final RedisScript giveBack = RedisScript.load("range-give-back");
    private final RedissonClient redisson;
    private final RangeAllocator floor;
    private final RedisRangeOptions options;
    private final Runnable onClose;
    private final Map<String, Newest> newest = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisRanges(RedissonClient redisson, RangeAllocator floor, RedisRangeOptions options, Runnable onClose) {
        this.redisson = redisson;
        this.floor = floor;
        this.options = options;
        this.onClose = onClose;
    }

    /** The ranges, once Redis has answered. */
    static RedisRanges over(
            RedissonClient redisson, RangeAllocator floor, RedisRangeOptions options, Runnable onClose) {
        RedisRanges ranges = new RedisRanges(redisson, floor, options, onClose);
        // Takes nothing.
        var unused = ranges.take.run(redisson, key(""), "0");
        return ranges;
    }

    /** The range this allocator took last. */
    private record Newest(long end, String n, String server) {}

    @Override
    public Set<RangeGuarantee> guarantees() {
        EnumSet<RangeGuarantee> own = EnumSet.of(RangeGuarantee.ASCENDING, RangeGuarantee.TAKES_BACK);
        own.removeIf(guarantee ->
                guarantee == RangeGuarantee.ASCENDING && !floor.guarantees().contains(guarantee));
        return own;
    }

    @Override
    public IdRange allocate(String tag, long wanted) {
        IdTags.require(tag);
        if (wanted < 0) {
            throw new IllegalArgumentException("wanted must not be negative, was " + wanted);
        }
        long size = Math.min(Math.max(options.step(), wanted), options.reserve());
        try {
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                if (closed.get()) {
                    throw new IdUnavailableException(tag, "the allocator is closed", null);
                }
                List<Object> reply = take.run(redisson, key(tag), Long.toString(size));
                String server = String.valueOf(reply.get(0));
                if (reply.size() > 1) {
                    return taken(tag, server, reply);
                }
                IdRange reserved = floor.allocate(tag, options.reserve());
                var unused = reserve.run(
                        redisson,
                        key(tag),
                        Long.toString(reserved.from()),
                        Long.toString(reserved.to()),
                        Long.toString(reserved.size()),
                        server);
            }
        } catch (BackendUnreachableException e) {
            throw new IdUnavailableException(tag, String.valueOf(e.getMessage()), e);
        }
        throw new IdUnavailableException(
                tag, "what was reserved " + ATTEMPTS + " times was gone each time it was to be used", null);
    }

    private IdRange taken(String tag, String server, List<Object> reply) {
        long first = number(reply.get(1)) + number(reply.get(2));
        IdRange range = new IdRange(first, first + number(reply.get(3)));
        newest.put(tag, new Newest(range.to(), String.valueOf(reply.get(4)), server));
        return range;
    }

    @Override
    public boolean giveBack(String tag, IdRange tail) {
        IdTags.require(tag);
        Newest last = newest.remove(tag);
        if (last == null || last.end() != tail.to() || closed.get()) {
            return false;
        }
        try {
            List<Object> reply = giveBack.run(redisson, key(tag), Long.toString(tail.size()), last.n(), last.server());
            return number(reply.get(0)) == 1;
        } catch (BackendUnreachableException e) {
            throw new IdUnavailableException(tag, String.valueOf(e.getMessage()), e);
        }
    }

    private static String key(String tag) {
        return "ck:ids:{" + tag + "}:r";
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
