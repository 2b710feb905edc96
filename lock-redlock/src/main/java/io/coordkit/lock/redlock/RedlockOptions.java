package io.coordkit.lock.redlock;

import io.coordkit.ConfigurationException;
import java.time.Duration;

/**
 * What the clients and the nodes of one Redlock agree on. Immutable.
 *
 * @param maxTtl the longest TTL that any lock may have, 100 ms to 1 day, default 30 s. It is the same for all clients:
 *     the nodes store it and refuse another. A node that may have lost data does not vote for that long
 * @param nodeTimeout how long one node's answer is waited for when the others leave the outcome open, 10 ms to a
 *     quarter of the max TTL, default 500 ms. It is at most half of a lock's TTL, and should be far below
 */
public record RedlockOptions(Duration maxTtl, Duration nodeTimeout) {
    private static final Duration MIN_MAX_TTL = Duration.ofMillis(100);
    private static final Duration MAX_MAX_TTL = Duration.ofDays(1);
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(10);
    private static final int TIMEOUTS_PER_MAX_TTL = 4;
    private static final int TIMEOUTS_PER_TTL = 2;

    /** Max TTL 30 s, node timeout 500 ms. */
    public static final RedlockOptions DEFAULTS = new RedlockOptions(Duration.ofSeconds(30), Duration.ofMillis(500));

    public RedlockOptions {
        if (maxTtl.compareTo(MIN_MAX_TTL) < 0 || maxTtl.compareTo(MAX_MAX_TTL) > 0) {
            throw new IllegalArgumentException(
                    "maxTtl must be between " + MIN_MAX_TTL + " and " + MAX_MAX_TTL + ", was " + maxTtl);
        }
        Duration longest = maxTtl.dividedBy(TIMEOUTS_PER_MAX_TTL);
        if (nodeTimeout.compareTo(MIN_TIMEOUT) < 0 || nodeTimeout.compareTo(longest) > 0) {
            throw new IllegalArgumentException("nodeTimeout must be between " + MIN_TIMEOUT + " and " + longest
                    + ", a quarter of the max TTL, was " + nodeTimeout);
        }
    }

    /** These options with another max TTL. */
    public RedlockOptions withMaxTtl(Duration newMaxTtl) {
        return new RedlockOptions(newMaxTtl, nodeTimeout);
    }

    /** These options with another node timeout. */
    public RedlockOptions withNodeTimeout(Duration newNodeTimeout) {
        return new RedlockOptions(maxTtl, newNodeTimeout);
    }

    /** Refuses a TTL that is too long to be waited out after a restart, or too short to collect votes in. */
    void requireTtl(Duration ttl) {
        if (ttl.compareTo(maxTtl) > 0) {
            throw new ConfigurationException("ttl must be at most the max TTL of these nodes, " + maxTtl + ", was "
                    + ttl + "; shorten it, or raise the max TTL of all clients and nodes");
        }
        if (nodeTimeout.multipliedBy(TIMEOUTS_PER_TTL).compareTo(ttl) > 0) {
            throw new ConfigurationException("ttl must be at least twice the node timeout of " + nodeTimeout + ", was "
                    + ttl + "; lengthen it, or shorten the node timeout");
        }
    }
}
