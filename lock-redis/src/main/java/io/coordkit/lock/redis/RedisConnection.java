package io.coordkit.lock.redis;

import io.coordkit.BackendUnreachableException;
import io.coordkit.config.Settings;
import io.coordkit.config.TlsSettings;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.RedisTimeoutException;
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

    private static final String SILENCE = "no answer in time";

    /** The channel and the command, without the password; of no use to who has to set it right. */
    private static final Pattern REDISSONS_DETAILS = Pattern.compile("\\.* channel: \\[.*", Pattern.DOTALL);

    private RedisConnection() {}

    static RedisLockBackend open(RedisAddress address, Settings settings, boolean evictionAllowed) {
        TlsSettings tls = TlsSettings.of(settings);
        if (!address.tls()) {
            tls.refuseWithoutTls(address.toString(), "make the URI begin with rediss instead of redis");
        }
        RedissonClient redisson;
        try {
            redisson = Redisson.create(config(address, settings, tls));
        } catch (RedisException e) {
            boolean unexplained = address.topology() == RedisAddress.Topology.SENTINEL && e.getCause() == null;
            String reason =
                    unexplained ? reasonOfSentinels(address, settings, tls).orElse(reason(e)) : reason(e);
            throw new BackendUnreachableException(
                    address + " cannot be used: " + reason + (reason.endsWith(SILENCE) ? hint(address, tls) : ""), e);
        }
        try {
            return RedisLockBackend.over(redisson, redisson::shutdown, evictionAllowed);
        } catch (BackendUnreachableException e) {
            redisson.shutdown();
            throw new BackendUnreachableException(address + ": " + e.getMessage(), e.getCause());
        } catch (RuntimeException e) {
            redisson.shutdown();
            throw e;
        }
    }

    private static Config config(RedisAddress address, Settings settings, TlsSettings tls) {
        Config config = config(tls);
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

    private static Config config(TlsSettings tls) {
        Config config = new Config();
        config.setCodec(StringCodec.INSTANCE).setThreads(THREADS).setNettyThreads(THREADS);
        tls.trust().ifPresent(config::setSslTrustManagerFactory);
        tls.keys().ifPresent(config::setSslKeyManagerFactory);
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

    /** Why a call failed, in a line. */
    static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof RedisTimeoutException
                ? SILENCE
                : REDISSONS_DETAILS.matcher(String.valueOf(root.getMessage())).replaceFirst("");
    }

    /**
     * Why sentinels refuse to talk, which Redisson only logs: they are asked as if they were lone servers, until one
     * does not even answer.
     */
    private static Optional<String> reasonOfSentinels(RedisAddress address, Settings settings, TlsSettings tls) {
        Set<String> reasons = new LinkedHashSet<>();
        for (String uri : address.uris()) {
            Config config = config(tls);
            settings.text("sentinel-user").ifPresent(config::setUsername);
            settings.text("sentinel-password").ifPresent(config::setPassword);
            common(config.useSingleServer())
                    .setAddress(uri)
                    .setConnectionMinimumIdleSize(1)
                    .setConnectionPoolSize(1)
                    .setSubscriptionConnectionMinimumIdleSize(0);
            try {
                Redisson.create(config).shutdown();
            } catch (RedisException e) {
                reasons.add(reason(e));
            }
            if (reasons.contains(SILENCE)) {
                break;
            }
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of("its sentinels: " + String.join("; ", reasons));
    }

    /** What a server that wants TLS does not say to who comes without. */
    private static String hint(RedisAddress address, TlsSettings tls) {
        if (!address.tls()) {
            return "; if it speaks TLS, make the URI begin with rediss";
        }
        return tls.keys().isPresent() ? "" : "; if it wants to see a certificate, set keystore";
    }
}
