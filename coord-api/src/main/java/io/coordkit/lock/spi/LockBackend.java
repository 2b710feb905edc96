package io.coordkit.lock.spi;

import io.coordkit.lock.LockGuarantees;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What a store must do to carry locks. Everything else (queues of local waiters, deadlines, loss, renewal, retries) is
 * written once, in {@link io.coordkit.lock.Locks#on}.
 *
 * <p>A backend is asynchronous and never blocks the caller. It must be thread-safe. Each stage it returns completes
 * within the backend's own call timeout; completing exceptionally means "unknown": the call may or may not have taken
 * effect.
 */
public interface LockBackend extends AutoCloseable {

    /** What this store promises. */
    LockGuarantees guarantees();

    /**
     * A fresh candidacy for {@code name}, with an identity no other has. No I/O yet. A client has at most one wanted
     * candidacy per name at a time; one for each of its waiters if it is fair, which it is only on a backend that
     * promises {@link io.coordkit.lock.LockGuarantee#FAIR}.
     *
     * @param ttl how long the store keeps a grant that is not renewed
     * @param wake to be run whenever asking again may be worthwhile; may be run spuriously, from any thread
     */
    Candidacy stand(String name, Duration ttl, Runnable wake);

    /**
     * Renews granted candidacies of this backend, batched per node and in parallel over nodes, so that one dead node
     * does not hold up the others.
     *
     * @return one stage per candidacy, in the order given
     */
    List<CompletionStage<Renewal>> renew(List<Candidacy> due);

    /** Read-write locks on this store; empty if it does not promise {@link io.coordkit.lock.LockGuarantee#READ_WRITE}. */
    default Optional<ReadWriteBackend> readWrite() {
        return Optional.empty();
    }

    /** What operators need; empty if the store cannot tell. */
    default Optional<AdminBackend> admin() {
        return Optional.empty();
    }

    /** Frees what the backend opened itself, and nothing it was given. */
    @Override
    void close();
}
