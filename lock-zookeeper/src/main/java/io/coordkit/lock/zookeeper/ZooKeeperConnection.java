package io.coordkit.lock.zookeeper;

import io.coordkit.config.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.curator.RetryPolicy;
import org.apache.curator.RetrySleeper;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;

/** Opens a Curator client whose session is as long as a lock's TTL. */
final class ZooKeeperConnection {
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(2);

    private ZooKeeperConnection() {}

    static ZooKeeperLockBackend open(ZooKeeperAddress address, Duration ttl, Settings settings) {
        ZKClientConfig config = ZooKeeperTls.config(address, settings);
        if (address.tls()) {
            ZooKeeperTls.requireHandshake(address, config);
        }
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(address.servers())
                .namespace(address.chroot()) // which Curator creates, unlike one in the connect string
                .zkClientConfig(config)
                .sessionTimeoutMs((int) ttl.toMillis())
                .connectionTimeoutMs(
                        (int) (ttl.compareTo(CONNECTION_TIMEOUT) < 0 ? ttl : CONNECTION_TIMEOUT).toMillis())
                .ensembleTracker(false) // the URI says which servers to use
                .retryPolicy(NO_RETRY);
        address.digest()
                .ifPresent(digest -> builder.authorization("digest", digest.getBytes(StandardCharsets.UTF_8))
                        .aclProvider(CREATOR_ONLY));
        CuratorFramework curator = builder.build();
        curator.start();
        try {
            return ZooKeeperLockBackend.over(curator, ttl, curator::close);
        } catch (RuntimeException e) {
            curator.close();
            throw e;
        }
    }

    /** Who gives a password wants nobody else to touch the locks. */
    private static final ACLProvider CREATOR_ONLY = new ACLProvider() {
        @Override
        public List<ACL> getDefaultAcl() {
            return ZooDefs.Ids.CREATOR_ALL_ACL;
        }

        @Override
        public List<ACL> getAclForPath(String path) {
            return ZooDefs.Ids.CREATOR_ALL_ACL;
        }
    };

    /** The lock core repeats what it still wants. */
    private static final RetryPolicy NO_RETRY = new RetryPolicy() {
        @Override
        public boolean allowRetry(int retryCount, long elapsedTimeMs, RetrySleeper sleeper) {
            return false;
        }

        @Override
        public boolean allowRetry(Throwable exception) {
            return false;
        }
    };
}
