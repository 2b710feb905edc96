package io.coordkit.id.redis;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.SingleServerConfig;

/** Opens a Redisson client sized for ids: few threads, few connections, short calls. */
final class RedisConnection {
    private static final int DEFAULT_PORT = 6379;
    private static final int THREADS = 2;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private RedisConnection() {}

    static RedissonClient open(String text) {
        URI uri = parse(text);
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        Config config = new Config();
        config.setCodec(StringCodec.INSTANCE).setThreads(THREADS).setNettyThreads(THREADS);
        SingleServerConfig server = config.useSingleServer()
                .setAddress(uri.getScheme() + "://" + uri.getHost() + ":" + port)
                .setDatabase(database(uri))
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(4)
                .setSubscriptionConnectionMinimumIdleSize(0)
                .setSubscriptionConnectionPoolSize(1)
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                .setTimeout((int) CALL_TIMEOUT.toMillis())
                .setRetryAttempts(1);
        String credentials = uri.getUserInfo();
        if (credentials != null) {
            int colon = credentials.indexOf(':');
            if (colon > 0) {
                config.setUsername(credentials.substring(0, colon));
            }
            config.setPassword(credentials.substring(colon + 1));
        }
        try {
            return Redisson.create(config);
        } catch (RedisException e) {
            throw new BackendUnreachableException(
                    "Redis at " + server.getAddress() + " did not answer or let nobody in: "
                            + rootOf(e).getMessage(),
                    e);
        }
    }

    /** Redisson says only "unable to connect" where Redis has said why. */
    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static URI parse(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() == null || !List.of("redis", "rediss").contains(uri.getScheme())) {
                throw new ConfigurationException(
                        "Redis URI must look like redis://[user:password@]host[:port][/database], was scheme '"
                                + uri.getScheme() + "' and host '" + uri.getHost() + "'");
            }
            return uri;
        } catch (URISyntaxException e) { // neither it nor the URI is told: they may hold a password
            throw new ConfigurationException("Redis URI is malformed: " + e.getReason() + " at index " + e.getIndex());
        }
    }

    private static int database(URI uri) {
        String path = uri.getPath();
        if (path == null || path.length() < 2) {
            return 0;
        }
        try {
            return Integer.parseInt(path.substring(1));
        } catch (NumberFormatException e) {
            throw new ConfigurationException("Redis database must be a number, was '" + path.substring(1) + "'", e);
        }
    }
}
