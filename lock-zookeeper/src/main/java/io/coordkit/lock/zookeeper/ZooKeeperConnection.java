package io.coordkit.lock.zookeeper;

import io.coordkit.ConfigurationException;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.curator.RetryPolicy;
import org.apache.curator.RetrySleeper;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;

/** Opens a Curator client whose session is as long as a lock's TTL. */
final class ZooKeeperConnection {
    private static final Pattern SERVERS =
            Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?(?:,(?!$)|$)");
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(2);

    private ZooKeeperConnection() {}

    static URI parse(String uri) {
        try {
            return URI.create(uri);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("ZooKeeper URI '" + uri + "' is malformed", e);
        }
    }

    static ZooKeeperLockBackend open(URI uri, Duration ttl) {
        String servers = uri.getRawAuthority();
        if (servers != null && servers.contains("@")) {
            throw new ConfigurationException("ZooKeeper URI must not have credentials; pass a CuratorFramework that has"
                    + " them to ZooKeeperLocks.using instead");
        }
        if (!"zk".equals(uri.getScheme())
                || servers == null
                || !SERVERS.matcher(servers).replaceAll("").isEmpty()) {
            throw new ConfigurationException(
                    "ZooKeeper URI must look like zk://host[:port][,host[:port]...][/chroot], was scheme '"
                            + uri.getScheme() + "' and servers '" + servers + "'");
        }
        CuratorFramework curator = CuratorFrameworkFactory.builder()
                .connectString(servers)
                .namespace(namespace(uri))
                .sessionTimeoutMs((int) ttl.toMillis())
                .connectionTimeoutMs(
                        (int) (ttl.compareTo(CONNECTION_TIMEOUT) < 0 ? ttl : CONNECTION_TIMEOUT).toMillis())
                .ensembleTracker(false) // the URI says which servers to use
                .retryPolicy(NO_RETRY)
                .build();
        curator.start();
        try {
            return ZooKeeperLockBackend.over(curator, ttl, curator::close);
        } catch (RuntimeException e) {
            curator.close();
            throw e;
        }
    }

    /** The path, which Curator creates, unlike a chroot in the connect string. */
    private static String namespace(URI uri) {
        String path = uri.getPath() == null ? "" : uri.getPath();
        String trimmed = path.replaceAll("^/|/$", "");
        if (trimmed.contains("//")) {
            throw new ConfigurationException("ZooKeeper URI has an empty element in its path '" + path + "'");
        }
        return trimmed;
    }

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
