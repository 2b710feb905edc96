package io.coordkit.lock;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.observe.CoordEvent.LockForced;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For operators: who has a lock, since when, who waits; and how to take it away. It deals with mutexes, also those that
 * semaphores are made of, in whatever client; not with read-write locks.
 *
 * <p>Get one from {@link LockClient#admin}. Thread-safe. Each call waits for the store, up to 10 seconds for a call of
 * its own. They throw {@link BackendUnreachableException} when it does not answer; a release by force may have taken effect
 * then.
 */
public final class LockAdmin {
    /** How many names can be listed at once. */
    public static final int MOST_NAMES = 10_000;

    private static final Logger log = LoggerFactory.getLogger(LockAdmin.class);
    private static final int LONGEST_REASON = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String backendName;
    private final AdminBackend backend;
    private final CoordObserver observer;

    LockAdmin(String backendName, AdminBackend backend, CoordObserver observer) {
        this.backendName = backendName;
        this.backend = backend;
        this.observer = observer;
    }

    /**
     * Who has the lock; empty if nobody has.
     *
     * @throws IllegalArgumentException if the name is empty, too long or not encodable
     */
    public Optional<LockStatus> inspect(String name) throws InterruptedException {
        return answer(backend.inspect(LockNames.check(name)));
    }

    /**
     * Names of mutexes that are held or waited for, sorted. The store may look through all its locks for that; those
     * that come and go meanwhile may be missing.
     *
     * @param prefix what they begin with; empty for all
     * @param limit how many at most, from 1 to {@value #MOST_NAMES}
     * @throws IllegalArgumentException if the limit is out of range
     */
    public List<String> list(String prefix, int limit) throws InterruptedException {
        if (limit < 1 || limit > MOST_NAMES) {
            throw new IllegalArgumentException("limit must be from 1 to " + MOST_NAMES + ", was " + limit);
        }
        return answer(backend.list(prefix, limit)).stream().sorted().toList();
    }

    /**
     * Takes the lock from its holder, safely: its renewals are refused from now on. It is told at the next one, at most a
     * third of its TTL from now, and reports the loss with the reason; the next holder is let in when it has given up,
     * or when its TTL has passed, in which case it has been told by its deadline.
     *
     * @param reason for the log and the holder, 1 to 200 characters
     * @return whose lock it was, with {@link LockStatus#left} as the time by which it is free; empty if nobody's, or if
     *     it was given up meanwhile
     * @throws IllegalArgumentException if name or reason is malformed
     */
    public Optional<LockStatus> forceRelease(String name, String reason) throws InterruptedException {
        return force(name, reason, false, status -> backend.revoke(status, reason));
    }

    /**
     * Takes the lock from its holder at once. The holder does not know until its next renewal, at most a third of its TTL
     * from now, while the next one may hold already: only the token protects what they guard, and only where it is
     * checked.
     *
     * @param reason for the log, 1 to 200 characters
     * @return whose lock it was; empty if nobody's, or if it was given up meanwhile
     * @throws IllegalArgumentException if name or reason is malformed
     */
    public Optional<LockStatus> forceReleaseImmediately(String name, String reason) throws InterruptedException {
        return force(name, reason, true, backend::delete);
    }

    private Optional<LockStatus> force(
            String name, String reason, boolean immediately, Function<LockStatus, CompletionStage<Boolean>> act)
            throws InterruptedException {
        if (reason.isBlank()
                || reason.length() > LONGEST_REASON
                || !LockNames.printable(reason).equals(reason)) {
            throw new IllegalArgumentException("reason must have 1 to " + LONGEST_REASON
                    + " characters, not only blanks and none for control, was '" + reason + "'");
        }
        Optional<LockStatus> status = inspect(name);
        if (status.isEmpty() || !answer(act.apply(status.get()))) {
            return Optional.empty();
        }
        LockStatus was = status.get();
        log.warn(
                "Lock '{}' is taken from {} (token {} or above) by force{}: {}",
                LockNames.printable(name),
                was.holder(),
                was.leastToken(),
                immediately ? ", at once: until its next renewal only the token keeps it from writing" : "",
                reason);
        observer.on(new LockForced(name, was.holder(), was.leastToken(), reason, immediately));
        return status;
    }

    private <T> T answer(CompletionStage<T> stage) throws InterruptedException {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new BackendUnreachableException(
                    "Lock store " + backendName + " did not answer an operator within " + PATIENCE, e);
        } catch (ExecutionException e) {
            throw new BackendUnreachableException(
                    "Lock store " + backendName + " did not answer an operator: " + e.getMessage(), e);
        }
    }
}
