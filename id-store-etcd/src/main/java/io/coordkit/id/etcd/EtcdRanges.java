package io.coordkit.id.etcd;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A key per tag with the last id given out, set in one transaction if its revision is still the one that was read. The
 * client may send a transaction again: the repeat finds another revision and changes nothing. Thread-safe.
 */
final class EtcdRanges implements RangeAllocator {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private final KV kv;
    private final int step;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    EtcdRanges(Client client, int step, Runnable onClose) {
        this.kv = client.getKVClient();
        this.step = step;
        this.onClose = onClose;
    }

    /** What is there. */
    private record State(long last, long revision) {}

    @Override
    public Set<RangeGuarantee> guarantees() {
        return EnumSet.allOf(RangeGuarantee.class);
    }

    @Override
    public IdRange allocate(String tag, long wanted) {
        IdTags.require(tag);
        if (wanted < 0) {
            throw new IllegalArgumentException("wanted must not be negative, was " + wanted);
        }
        long began = System.nanoTime();
        while (true) {
            if (closed.get()) {
                throw new IdUnavailableException(tag, "the allocator is closed", null);
            }
            State found = read(tag);
            long room = Long.MAX_VALUE - 1 - found.last;
            if (step > room) {
                throw new IdUnavailableException(tag, "its ids are used up: " + found.last + " was the last", null);
            }
            long size = wanted > room ? step : Math.max(step, wanted);
            if (set(tag, found, found.last + size)) {
                return new IdRange(found.last + 1, found.last + size + 1);
            }
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new IdUnavailableException(tag, "other clients were faster for " + PATIENCE, null);
            }
            LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS));
        }
    }

    @Override
    public boolean giveBack(String tag, IdRange tail) {
        IdTags.require(tag);
        if (closed.get()) {
            return false;
        }
        State found = read(tag);
        return found.last == tail.to() - 1 && set(tag, found, tail.from() - 1);
    }

    private State read(String tag) {
        List<KeyValue> found = answer(tag, kv.get(key(tag))).getKvs();
        if (found.isEmpty()) {
            return new State(0, 0);
        }
        String value = found.get(0).getValue().toString(StandardCharsets.UTF_8);
        try {
            return new State(Long.parseLong(value), found.get(0).getModRevision());
        } catch (NumberFormatException e) {
            throw new IdUnavailableException(tag, "its key holds '" + value + "' instead of a number", e);
        }
    }

    private boolean set(String tag, State found, long last) {
        return answer(
                        tag,
                        kv.txn()
                                .If(new Cmp(key(tag), Cmp.Op.EQUAL, CmpTarget.modRevision(found.revision)))
                                .Then(Op.put(key(tag), bytes(Long.toString(last)), PutOption.DEFAULT))
                                .commit())
                .isSucceeded();
    }

    private static <T> T answer(String tag, CompletableFuture<T> call) {
        try {
            return call.get(CALL_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw unanswered(tag, "nothing came within " + CALL_LIMIT, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw unanswered(tag, cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered(tag, "interrupted", e);
        }
    }

    private static IdUnavailableException unanswered(String tag, @Nullable String why, Throwable cause) {
        return new IdUnavailableException(tag, "etcd did not answer: " + why, cause);
    }

    private static ByteSequence key(String tag) {
        return bytes("ck/ids/r/" + tag);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }
}
