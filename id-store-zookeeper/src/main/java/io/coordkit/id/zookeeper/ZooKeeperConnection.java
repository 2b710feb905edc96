package io.coordkit.id.zookeeper;

import io.coordkit.ConfigurationException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.curator.RetryPolicy;
import org.apache.curator.RetrySleeper;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;

/** Opens a Curator client for ids. */
final class ZooKeeperConnection {
    private static final String FORM = "ZooKeeper URI must look like zk://host[:port][,host[:port]...][/chroot]";
    private static final Pattern URI_FORM = Pattern.compile("(?:zk|zookeeper)://([^/@]+)((?:/[^/]+)*)/?");
    private static final Duration SESSION = Duration.ofSeconds(10);
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(2);

    private ZooKeeperConnection() {}

    static CuratorFramework open(String text) {
        Matcher uri = URI_FORM.matcher(text);
        if (!uri.matches()) { // not told: it may hold a password
            throw new ConfigurationException(FORM + "; pass a CuratorFramework to ZooKeeperIds for credentials");
        }
        return open(uri.group(1), uri.group(2), SESSION);
    }

    static CuratorFramework open(String servers, String path, Duration session) {
        CuratorFramework curator = CuratorFrameworkFactory.builder()
                .connectString(servers)
                .namespace(path.isEmpty() ? "" : path.substring(1))
                .sessionTimeoutMs((int) session.toMillis())
                .connectionTimeoutMs((int) CONNECTION_TIMEOUT.toMillis())
                .ensembleTracker(false) // the URI says which servers to use
                .retryPolicy(NO_RETRY)
                .build();
        curator.start();
        return curator;
    }

    /** Renewals repeat what they still want. */
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
