package io.coordkit.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Several locks that are taken together: all of them or none. They are taken in the order of their names, so that two
 * that want some of the same never block each other.
 *
 * <p>Until it has all, it holds some: others wait for those meanwhile. Get one from {@link LockClient#multiLock}.
 * Immutable and thread-safe.
 */
public final class MultiLock {
    private final List<Mutex> mutexes;

    MultiLock(LockClient client, Collection<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("names must not be empty");
        }
        mutexes = new TreeSet<>(names).stream().map(client::mutex).toList();
    }

    /** The names in the order in which they are taken, each once. */
    public List<String> names() {
        return mutexes.stream().map(Mutex::name).toList();
    }

    /**
     * Takes all of them if all are free now.
     *
     * @return the holds, or empty when somebody else has one of them; then none is held
     * @throws LockUnreachableException if the store did not answer; none is held then
     * @throws InterruptedException if interrupted; none is held then
     */
    public Optional<MultiHold> tryAcquire() throws InterruptedException {
        return acquireAll(Mutex::tryAcquire);
    }

    /**
     * Takes all of them, waiting up to {@code wait} in all.
     *
     * @param wait longer than zero, at most 366 days
     * @return the holds, or empty when one stayed busy all that time; then none is held
     * @throws LockUnreachableException if the store was not answering when the time was up; none is held then
     * @throws InterruptedException if interrupted; none is held then
     */
    public Optional<MultiHold> tryAcquire(Duration wait) throws InterruptedException {
        LockNames.checkWait(wait);
        long deadline = System.nanoTime() + wait.toNanos();
        Optional<MultiHold> all;
        do { // again if the first was lost while the last was waited for
            all = acquireAll(mutex -> {
                long left = deadline - System.nanoTime();
                return left > 0 ? mutex.tryAcquire(Duration.ofNanos(left)) : mutex.tryAcquire();
            });
        } while (all.isEmpty() && System.nanoTime() - deadline < 0);
        return all;
    }

    /**
     * Takes all of them, waiting up to {@code wait} in all.
     *
     * @throws LockTimeoutException if one stayed busy all that time; none is held then
     * @throws LockUnreachableException if the store was not answering when the time was up; none is held then
     * @throws InterruptedException if interrupted; none is held then
     */
    public MultiHold acquire(Duration wait) throws InterruptedException {
        return tryAcquire(wait)
                .orElseThrow(() ->
                        new LockTimeoutException(String.join(", ", names()), "one stayed busy for " + wait, null));
    }

    /** Takes one of the locks. */
    private interface Step {
        Optional<Hold> take(Mutex mutex) throws InterruptedException;
    }

    private Optional<MultiHold> acquireAll(Step step) throws InterruptedException {
        Map<String, Hold> holds = new LinkedHashMap<>();
        MultiHold all = null;
        try {
            for (Mutex mutex : mutexes) {
                Optional<Hold> hold = step.take(mutex);
                if (hold.isEmpty()) {
                    return Optional.empty();
                }
                holds.put(mutex.name(), hold.get());
            }
            MultiHold taken = new MultiHold(holds);
            if (taken.isHeld()) {
                all = taken;
            }
            return Optional.ofNullable(all);
        } finally {
            if (all == null) {
                closeLastFirst(holds.values());
            }
        }
    }

    static void closeLastFirst(Collection<Hold> holds) {
        List<Hold> reversed = new ArrayList<>(holds);
        for (int i = reversed.size() - 1; i >= 0; i--) {
            reversed.get(i).close();
        }
    }
}
