package io.coordkit.id.etcd;

/** etcd, 3.4 or later, as the store of worker leases and ranges of ids, through jetcd. */
public final class EtcdIds {
    private EtcdIds() {}
}
