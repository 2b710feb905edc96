package io.coordkit.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * A number of permits that all processes share. At most that many are held at a time, as far as the backend's {@link
 * LockGuarantees} go; a permit whose holder has died comes back when its TTL has passed.
 *
 * <p>Each permit is a slot, and a slot is a mutex: {@code NAME/permit/1} and so on, which belong to the semaphore. So it is
 * carried by every backend, and as safely as its mutexes are. Whoever finds all slots taken waits at the mutex {@code
 * NAME/gate} until he is the next, and then for all slots at once: one waiter of all is woken by a release. Permits are
 * not given out in the order of arrival, though with {@link LockOptions#fair} those at the gate are.
 *
 * <p>A free permit costs one question for each slot that was found taken before it, a wait one for each slot: it is made
 * for tens of permits. All processes should say the same number; while they differ, the greatest counts.
 *
 * <p>Get one from {@link LockClient#semaphore}. Immutable and thread-safe.
 */
public final class CountingSemaphore {
    /** More would cost the store more than a semaphore is worth. */
    public static final int MOST_PERMITS = 128;

    private final String name;
    private final List<Mutex> slots;
    private final Mutex gate;

    CountingSemaphore(LockClient client, String name, int permits) {
        if (permits < 1 || permits > MOST_PERMITS) {
            throw new IllegalArgumentException("permits must be from 1 to " + MOST_PERMITS + ", was " + permits);
        }
        LockNames.check(name);
        this.name = name;
        this.slots = IntStream.rangeClosed(1, permits)
                .mapToObj(number -> client.mutex(name + "/permit/" + number))
                .toList();
        this.gate = client.mutex(name + "/gate");
    }

    /** The name it was made with. */
    public String name() {
        return name;
    }

    /** How many permits there are in all, free or not. */
    public int permits() {
        return slots.size();
    }

    /**
     * Takes a permit if one is free now.
     *
     * @return the permit, or empty when all are taken
     * @throws LockUnreachableException if the store did not answer; nothing is held then
     * @throws InterruptedException if interrupted; nothing is held then
     */
    public Optional<Permit> tryAcquire() throws InterruptedException {
        int first = ThreadLocalRandom.current().nextInt(slots.size());
        for (int i = 0; i < slots.size(); i++) {
            Optional<Hold> slot = slots.get((first + i) % slots.size()).tryAcquire();
            if (slot.isPresent()) {
                return slot.map(this::permit);
            }
        }
        return Optional.empty();
    }

    /**
     * Takes a permit, waiting up to {@code wait}.
     *
     * @param wait longer than zero, at most 366 days
     * @return the permit, or empty when none became free in all that time
     * @throws LockUnreachableException if the store was not answering when the time was up; nothing is held then
     * @throws InterruptedException if interrupted; nothing is held then
     */
    public Optional<Permit> tryAcquire(Duration wait) throws InterruptedException {
        LockNames.checkWait(wait);
        long deadline = System.nanoTime() + wait.toNanos();
        Optional<Permit> free = tryAcquire();
        if (free.isPresent()) {
            return free;
        }
        Optional<Hold> turn = gate.tryAcquire(left(deadline));
        if (turn.isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<Permit> freeByNow = tryAcquire();
            return freeByNow.isPresent() ? freeByNow : awaitOne(deadline);
        } finally {
            turn.get().close();
        }
    }

    /**
     * Takes a permit, waiting up to {@code wait}.
     *
     * @throws LockTimeoutException if none became free in all that time
     * @throws LockUnreachableException if the store was not answering when the time was up; nothing is held then
     * @throws InterruptedException if interrupted; nothing is held then
     */
    public Permit acquire(Duration wait) throws InterruptedException {
        return tryAcquire(wait)
                .orElseThrow(() -> new LockTimeoutException(
                        name, "none of its " + slots.size() + " permits became free for " + wait, null));
    }

    private Permit permit(Hold slot) {
        return new Permit(name, slot);
    }

    /** Waits at every slot, and leaves the others when the first is granted. */
    private Optional<Permit> awaitOne(long deadline) throws InterruptedException {
        CompletableFuture<Hold> first = new CompletableFuture<>();
        List<CompletableFuture<Hold>> waits = new ArrayList<>(slots.size());
        boolean taken = false;
        try {
            for (Mutex slot : slots) {
                waits.add(slot.acquireAsync(left(deadline)));
            }
            for (CompletableFuture<Hold> wait : waits) {
                var unused = wait.thenAccept(hold -> {
                    if (!first.complete(hold)) {
                        hold.close();
                    }
                });
            }
            var unused = CompletableFuture.allOf(waits.toArray(CompletableFuture<?>[]::new))
                    .exceptionally(failure -> {
                        first.completeExceptionally(failure);
                        return null;
                    });
            Permit permit = permit(first.get());
            taken = true;
            return Optional.of(permit);
        } catch (ExecutionException e) {
            return busyOrFailed(e);
        } finally {
            if (!taken) {
                first.cancel(false);
                var unused = first.thenAccept(Hold::close);
            }
            waits.forEach(wait -> wait.cancel(false)); // one that is granted even so is given back
        }
    }

    private Optional<Permit> busyOrFailed(ExecutionException failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof LockTimeoutException) {
            return Optional.empty();
        }
        if (cause instanceof LockUnreachableException unreachable) {
            throw new LockUnreachableException(name, unreachable.detail(), unreachable);
        }
        throw new IllegalStateException("Cannot wait for semaphore '" + name + "': " + cause.getMessage(), cause);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    @Override
    public String toString() {
        return "CountingSemaphore[" + name + ", " + slots.size() + " permits]";
    }
}
