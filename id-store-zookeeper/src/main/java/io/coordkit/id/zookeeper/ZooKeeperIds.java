package io.coordkit.id.zookeeper;

/** ZooKeeper, 3.6 or later, as the store of worker leases, through Curator. */
public final class ZooKeeperIds {
    private ZooKeeperIds() {}
}
