package io.coordkit.id.zookeeper;

import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import org.apache.curator.framework.CuratorFramework;

/**
 * ZooKeeper, 3.6 or later, as the store of worker leases, through Curator.
 *
 * <p><b>Promised:</b> a number has one owner at a time, also when the ensemble loses a minority of its servers; it is free
 * when its owner's session has ended or its window has passed by the leader's clock; a zombie and a restarted generator
 * repeat no id.
 *
 * <p><b>Not promised:</b> one clock: the time of a window is the leader's, and the next leader may have another. That
 * makes ids wait or their times jump, and never repeat; except where records were lost with the ensemble's data, which is
 * safe only if the servers' clocks agree within a window.
 *
 * <p>Thread-safe. Node layout, version 1, below {@code /coordkit/ids-v1/TAG}: {@code w/NUMBER} holds
 * {@code OWNER RESERVED_UNTIL}, and the ephemeral {@code l/NUMBER} the owner alone. Tags are escaped as the names of locks
 * are.
 */
public final class ZooKeeperIds {
    private ZooKeeperIds() {}

    /**
     * Worker numbers in the session of the caller's own, started Curator client, which the caller closes.
     *
     * @throws io.coordkit.BackendUnreachableException if ZooKeeper does not answer
     */
    public static WorkerLeaseSource workers(CuratorFramework curator) {
        return WorkerLeases.on(ZooKeeperWorkers.over(curator, () -> {}));
    }

    /**
     * Worker numbers over a connection of their own, with a session of 10 s, closed with the source.
     *
     * @param uri {@code zk://host[:port][,host[:port]...][/chroot]}; the chroot is created if it is missing
     * @throws io.coordkit.ConfigurationException if the URI is malformed
     * @throws io.coordkit.BackendUnreachableException if ZooKeeper does not answer
     */
    public static WorkerLeaseSource workers(String uri) {
        CuratorFramework curator = ZooKeeperConnection.open(uri);
        try {
            return WorkerLeases.on(ZooKeeperWorkers.over(curator, curator::close));
        } catch (RuntimeException e) {
            curator.close();
            throw e;
        }
    }
}
