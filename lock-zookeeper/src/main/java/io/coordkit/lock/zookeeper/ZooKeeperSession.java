package io.coordkit.lock.zookeeper;

import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.jspecify.annotations.Nullable;

/**
 * The session of one Curator client, and what its timeout can carry.
 *
 * <p>The ensemble never ends a session before its timeout has passed since the leader last heard of it. The leader may
 * hear late: an idle client speaks every third of the timeout, its server passes that on every half tick, and both may
 * die before they do. So two thirds of the negotiated timeout, counted from the sending of what the leader has
 * confirmed, is what may be relied on.
 *
 * <p>Curator's own signals come up to 1.67 timeouts late, and are not used for this. Thread-safe.
 */
final class ZooKeeperSession {
    private final CuratorFramework curator;

    ZooKeeperSession(CuratorFramework curator) {
        this.curator = curator;
    }

    /** The current session; 0 if there is none at the moment. On Curator's event thread, that of the latest answer. */
    long id() {
        try {
            return curator.getZookeeperClient().getZooKeeper().getSessionId();
        } catch (Exception e) { // as wide as Curator declares it: it has no session now
            return 0;
        }
    }

    /** What the server and we have agreed on. */
    Duration timeout() {
        return Duration.ofMillis(curator.getZookeeperClient().getLastNegotiatedSessionTimeoutMs());
    }

    /** How long a lock is certain to be kept, counted from the sending of what has just been confirmed. */
    Duration validFor(Duration ttl) {
        Duration certain = reliable();
        return certain.compareTo(ttl) < 0 ? certain : ttl;
    }

    private Duration reliable() {
        return timeout().multipliedBy(2).dividedBy(3);
    }

    /** Why locks of that TTL, renewed every third of it, cannot be kept in this session; null if they can. */
    @Nullable
    String refusal(Duration ttl) {
        return reliable().multipliedBy(2).compareTo(ttl) < 0
                ? "ZooKeeper grants a session timeout of " + timeout() + ", too short for a lock TTL of " + ttl
                        + ": it must be at least three quarters of the TTL; raise the client's session timeout and the"
                        + " servers' maxSessionTimeout, or shorten the TTL"
                : null;
    }
}
