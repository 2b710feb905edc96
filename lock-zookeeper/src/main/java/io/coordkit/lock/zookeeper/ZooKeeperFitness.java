package io.coordkit.lock.zookeeper;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a client and its ensemble can keep locks of a TTL. */
final class ZooKeeperFitness {
    private static final Logger log = LoggerFactory.getLogger(ZooKeeperFitness.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private ZooKeeperFitness() {}

    /** Refuses a user who may not see the locks: of the wrong password ZooKeeper only says that much. */
    private static void requireAccess(CuratorFramework curator, String address) {
        try {
            curator.getData().forPath(ZooKeeperPaths.TOP);
        } catch (KeeperException.NoNodeException nothingThereYet) {
            // Then it is ours to create.
        } catch (KeeperException.NoAuthException e) {
            throw new ConfigurationException(
                    "ZooKeeper at " + address + " does not let this user see " + ZooKeeperPaths.TOP
                            + ": the password is wrong, or another user owns the locks there",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackendUnreachableException("Interrupted while connecting to ZooKeeper at " + address, e);
        } catch (Exception e) { // as wide as Curator declares it
            throw new BackendUnreachableException("ZooKeeper at " + address + " did not answer: " + e.getMessage(), e);
        }
    }

    /** Refuses what is not started, not there, or too short; names what makes a dead process block for long. */
    static void require(CuratorFramework curator, Duration ttl) {
        if (curator.getState() != CuratorFrameworkState.STARTED) {
            throw new ConfigurationException(
                    "The CuratorFramework must be started and not closed, is " + curator.getState());
        }
        String address = curator.getZookeeperClient().getCurrentConnectionString();
        try {
            if (!curator.blockUntilConnected((int) CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BackendUnreachableException(
                        "ZooKeeper at " + address + " did not answer within " + CONNECT_TIMEOUT, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackendUnreachableException("Interrupted while connecting to ZooKeeper at " + address, e);
        }
        requireAccess(curator, address);
        ZooKeeperSession session = new ZooKeeperSession(curator);
        String refusal = session.refusal(ttl);
        if (refusal != null) {
            throw new ConfigurationException(refusal);
        }
        if (session.timeout().compareTo(ttl.multipliedBy(2)) > 0) {
            log.warn(
                    "ZooKeeper grants a session timeout of {}: a process that dies blocks its locks that long, though "
                            + "their TTL is {}. Shorten the client's session timeout or the servers' minSessionTimeout",
                    session.timeout(),
                    ttl);
        }
    }
}
