package io.coordkit.lock.redis;

import io.coordkit.BackendUnreachableException;
import io.coordkit.config.Settings;
import java.time.Duration;
import java.util.regex.Pattern;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.BaseMasterSlaveServersConfig;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;
import org.redisson.config.SentinelServersConfig;
import org.redisson.config.SubscriptionMode;

/** Opens a Redisson client sized for locks: few threads, few connections, short calls, and masters only. */
final class RedisConnection {
    private static final int THREADS = 4;
    private static final int CONNECTIONS = 16;
    private static final int IDLE_CONNECTIONS = 2;
    private static final int CHANNELS_PER_CONNECTION = 256;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    /** The channel and the command, without the password; of no use to who has to set it right. */
    private static final Pattern REDISSONS_DETAILS = Pattern.compile("\\.* channel: \\[.*", Pattern.DOTALL);

    private RedisConnection() {}

    static RedisLockBackend open(RedisAddress address, Settings settings, boolean evictionAllowed) {
        RedissonClient redisson;
        Config config = config(address, settings);
        try {
            redisson = Redisson.create(config);
        } catch (RedisException e) {
            throw new BackendUnreachableException(address + " cannot be used: " + root(e), e);
        }
        try {
            return RedisLockBackend.over(redisson, redisson::shutdown, evictionAllowed);
        } catch (RuntimeException e) {
            redisson.shutdown();
            throw e;
        }
    }

    private static Config config(RedisAddress address, Settings settings) {
        Config config = new Config();
        config.setCodec(StringCodec.INSTANCE).setThreads(THREADS).setNettyThreads(THREADS);
        RedisTls.configure(config, address, settings);
        if (address.password() != null) {
            config.setUsername(address.user()).setPassword(address.password());
        }
        String[] uris = address.uris().toArray(String[]::new);
        switch (address.topology()) {
            case STANDALONE ->
                common(config.useSingleServer())
                        .setAddress(uris[0])
                        .setDatabase(address.database())
                        .setConnectionMinimumIdleSize(IDLE_CONNECTIONS)
                        .setConnectionPoolSize(CONNECTIONS)
                        .setSubscriptionConnectionMinimumIdleSize(0)
                        .setSubscriptionConnectionPoolSize(1);
            case CLUSTER -> masters(config.useClusterServers()).addNodeAddress(uris);
            case SENTINEL ->
                sentinels(masters(config.useSentinelServers()), settings)
                        .addSentinelAddress(uris)
                        .setMasterName(address.masterName())
                        .setDatabase(address.database());
        }
        return config;
    }

    private static SentinelServersConfig sentinels(SentinelServersConfig sentinels, Settings settings) {
        settings.text("sentinel-user").ifPresent(sentinels::setSentinelUsername);
        settings.text("sentinel-password").ifPresent(sentinels::setSentinelPassword);
        return sentinels.setCheckSentinelsList(false); // one is enough to find the others
    }

    /** Only a primary knows what is true, and its count of listeners only includes its own. */
    private static <T extends BaseMasterSlaveServersConfig<T>> T masters(T servers) {
        return common(servers)
                .setReadMode(ReadMode.MASTER)
                .setSubscriptionMode(SubscriptionMode.MASTER)
                .setMasterConnectionMinimumIdleSize(IDLE_CONNECTIONS)
                .setMasterConnectionPoolSize(CONNECTIONS)
                .setSubscriptionConnectionMinimumIdleSize(0)
                .setSubscriptionConnectionPoolSize(1);
    }

    private static <T extends BaseConfig<T>> T common(T servers) {
        return servers.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                .setTimeout((int) CALL_TIMEOUT.toMillis())
                .setSubscriptionsPerConnection(CHANNELS_PER_CONNECTION)
                .setRetryAttempts(1);
    }

    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return REDISSONS_DETAILS.matcher(String.valueOf(cause.getMessage())).replaceFirst("");
    }
}
