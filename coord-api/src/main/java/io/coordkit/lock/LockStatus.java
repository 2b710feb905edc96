package io.coordkit.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who has a lock, as its store tells it. What the store cannot tell is empty.
 *
 * @param name the lock
 * @param holder the candidate that has it, beginning with its client: the host and the process id where that runs, and
 *     a random number, as in {@code web-1.4711.09af...}
 * @param grant the grant that its token was made of; see {@link #leastToken}
 * @param since when it was granted; on etcd and ZooKeeper, when it was asked for
 * @param left when the store forgets it unless it is renewed
 * @param waiters how many candidates wait in the store's queue; those of one client wait there as one
 * @param revoked whether its renewal is refused because of a forced release
 */
public record LockStatus(
        String name,
        String holder,
        long grant,
        Optional<Instant> since,
        Optional<Duration> left,
        int waiters,
        boolean revoked) {

    /** The token of its first holder; each local hand-over since has added one. */
    public long leastToken() {
        return grant << Tenure.HAND_OVER_BITS;
    }
}
