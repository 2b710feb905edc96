package io.coordkit.lock.spi;

import java.util.concurrent.CompletionStage;

/**
 * One attempt to become, and then to be, the holder of a lock. It serves stores that are polled (Redis) and stores that
 * queue (etcd, ZooKeeper) alike: {@link #request} both enters the queue and asks whether it is our turn.
 *
 * <p>The core calls {@code request} and {@code abandon} one after the other, never both at once.
 */
public interface Candidacy {

    /**
     * Asks for the lock. Idempotent: a repeat, whether ours or a duplicate made on the way, never grants twice and
     * never grants anything but the same grant. Called again after a wake, after {@link Answer.Pending#retryAfter},
     * and after a failure.
     */
    CompletionStage<Answer> request();

    /**
     * Withdraws: leaves the queue, or releases the grant. Idempotent, conditional on being this candidacy's, and it
     * passes on a wake-up that was already spent on it. Completes when the store has acknowledged it; if it never does,
     * the store forgets the candidacy by its TTL.
     */
    CompletionStage<Void> abandon();
}
