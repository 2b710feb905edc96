package io.coordkit.lock.spi;

import io.coordkit.lock.LockStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What a store can tell about its mutexes, and do to them. Seldom used: nothing of it may cost anything when it is not.
 *
 * <p>Asynchronous and thread-safe, as {@link LockBackend} is; completing exceptionally means "unknown".
 */
public interface AdminBackend {

    /** Who has the lock; empty if nobody has. */
    CompletionStage<Optional<LockStatus>> inspect(String name);

    /**
     * Names of mutexes that are held or waited for, in no particular order.
     *
     * @param prefix what they begin with; may be empty
     * @param limit how many at most
     */
    CompletionStage<List<String>> list(String prefix, int limit);

    /**
     * Refuses the renewals of that holder from now on, so that it is told of its loss at the next one, and nobody else is
     * let in before it has given up or its TTL has passed.
     *
     * @param reason to be told to the holder
     * @return whether it still had the lock
     */
    CompletionStage<Boolean> revoke(LockStatus holder, String reason);

    /**
     * Takes the lock from that holder at once, and wakes the next.
     *
     * @return whether it still had the lock
     */
    CompletionStage<Boolean> delete(LockStatus holder);
}
