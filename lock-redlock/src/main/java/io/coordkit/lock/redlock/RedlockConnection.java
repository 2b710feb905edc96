package io.coordkit.lock.redlock;

import io.coordkit.config.TlsSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Opens backends; where it makes Redisson clients, they are sized for locks: few threads, short calls, no retries. */
final class RedlockConnection {
    private static final int THREADS = 2;
    private static final Duration CALL_TIMEOUT =
            Duration.ofSeconds(3); // nobody waits as long, but a release may go out
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private RedlockConnection() {}

    /** Over clients of its own, closed with it. */
    static RedlockLockBackend open(List<RedlockAddress> addresses, RedlockOptions options, TlsSettings tls) {
        return open(
                addresses.stream()
                        .map(address -> new RedlockNodes.Access(address.location(), () -> connect(address, tls)))
                        .toList(),
                options,
                true);
    }

    /** Over the caller's clients. */
    static RedlockLockBackend over(List<RedissonClient> clients, RedlockOptions options) {
        List<RedlockNodes.Access> accesses = new ArrayList<>();
        for (RedissonClient client : clients) {
            String label = client.getConfig().isSingleConfig()
                    ? client.getConfig().useSingleServer().getAddress()
                    : "number " + (accesses.size() + 1);
            accesses.add(new RedlockNodes.Access(label, () -> client));
        }
        return open(accesses, options, false);
    }

    private static RedlockLockBackend open(List<RedlockNodes.Access> accesses, RedlockOptions options, boolean owned) {
        RedlockNodes nodes = RedlockNodes.open(accesses, options, System::nanoTime, owned);
        return new RedlockLockBackend(nodes, options, InstantSource.system(), System::nanoTime);
    }

    private static RedissonClient connect(RedlockAddress address, TlsSettings tls) {
        Config config = new Config();
        config.setCodec(StringCodec.INSTANCE).setThreads(THREADS).setNettyThreads(THREADS);
        tls.trust().ifPresent(config::setSslTrustManagerFactory);
        tls.keys().ifPresent(config::setSslKeyManagerFactory);
        if (address.user() != null) {
            config.setUsername(address.user());
        }
        if (address.password() != null) {
            config.setPassword(address.password());
        }
        config.useSingleServer()
                .setAddress(address.location())
                .setDatabase(address.database())
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(16)
                .setSubscriptionConnectionMinimumIdleSize(0)
                .setSubscriptionConnectionPoolSize(1)
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                .setTimeout((int) CALL_TIMEOUT.toMillis())
                .setRetryAttempts(0); // a late repeat would only be a vote that nobody counts
        return Redisson.create(config);
    }
}
