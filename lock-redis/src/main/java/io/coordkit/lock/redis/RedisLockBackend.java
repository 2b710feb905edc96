package io.coordkit.lock.redis;

import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.ClientNames;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.ReadWriteBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.redisson.config.SubscriptionMode;

/** Candidacies on one Redis, or on the masters of a cluster. */
final class RedisLockBackend implements LockBackend {
    private static final int PASS_OVER = 1000;
    private static final int PASS_OVER_UNSURE = 8;
    private static final Map<LockGuarantee, String> PROMISED = Map.of(
            LockGuarantee.FENCED,
            "after a failover, if the new primary's clock lags by less than the failover took",
            LockGuarantee.FENCED_AFTER_DATA_LOSS,
            "if the server's clock is not behind where it was before the restart",
            LockGuarantee.READ_WRITE,
            "while the server keeps its data and its clock is not set forward; tokens protect beyond");

    private final RedissonClient redisson;
    private final Runnable onClose;
    private final RedisScript request = RedisScript.load("request");
    private final RedisScript renew = RedisScript.load("renew");
    private final RedisScript abandon = RedisScript.load("abandon");
    private final String client = ClientNames.next();
    private final AtomicLong candidates = new AtomicLong();
    private final RedisWakeups wakeups;
    private final RedisReleases releases = new RedisReleases(this::abandon);
    private final RedisRenewals renewals = new RedisRenewals(this);
    private final RedisSharing sharing = new RedisSharing(this);
    private final LockGuarantees guarantees;
    private final int passOver;

    private RedisLockBackend(RedissonClient redisson, Runnable onClose) {
        this.redisson = redisson;
        this.onClose = onClose;
        this.wakeups = new RedisWakeups(redisson, client);
        boolean exact = subscribesAtPrimaries(redisson.getConfig());
        this.passOver = exact ? PASS_OVER : PASS_OVER_UNSURE;
        Map<LockGuarantee, String> promised = new EnumMap<>(PROMISED);
        // In a cluster a client subscribes anew for each bucket, and is woken by that, when it first waits there.
        if (exact && !redisson.getConfig().isClusterConfig()) {
            promised.put(
                    LockGuarantee.WAKES_ONE, "unless a client has to subscribe anew, which wakes all that wait in it");
        }
        this.guarantees = new LockGuarantees("redis", promised);
    }

    /**
     * Whether the server that runs a release knows all who listen for it. One that is followed by others counts its own
     * listeners only: whoever seems dead to it may have been woken elsewhere.
     */
    private static boolean subscribesAtPrimaries(Config config) {
        if (config.isSentinelConfig()) {
            return config.useSentinelServers().getSubscriptionMode() == SubscriptionMode.MASTER;
        }
        if (config.isClusterConfig()) {
            return config.useClusterServers().getSubscriptionMode() == SubscriptionMode.MASTER;
        }
        return config.isSingleConfig();
    }

    /** A backend over that client, once its servers have been found fit. */
    static RedisLockBackend over(RedissonClient redisson, Runnable onClose, boolean evictionAllowed) {
        RedisFitness.require(redisson, evictionAllowed);
        return new RedisLockBackend(redisson, onClose);
    }

    @Override
    public LockGuarantees guarantees() {
        return guarantees;
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return new RedisCandidacy(this, name, ttl, wake);
    }

    String nextCandidate() {
        return client + ":" + candidates.incrementAndGet();
    }

    RedisScript renewal() {
        return renew;
    }

    CompletionStage<List<Object>> run(RedisScript script, List<String> keys, List<String> arguments) {
        return script.run(redisson, keys, arguments);
    }

    RedisWakeups wakeups() {
        return wakeups;
    }

    CompletionStage<List<Object>> request(List<String> keys, List<String> arguments) {
        return request.run(redisson, keys, arguments);
    }

    CompletionStage<Void> release(RedisKeys keys, String id, boolean mayQueue) {
        return releases.release(keys, id, mayQueue);
    }

    /** Takes the lock from that candidate, whose it may be no more, and wakes the next. */
    CompletionStage<List<Object>> abandon(RedisKeys keys, String candidate) {
        return abandon(List.of(new RedisReleases.Leaving(keys, candidate, false, new CompletableFuture<>())));
    }

    private CompletionStage<List<Object>> abandon(List<RedisReleases.Leaving> together) {
        List<String> keys = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        arguments.add(wakeups.channelPrefix(together.get(0).keys()));
        arguments.add(Integer.toString(passOver));
        for (RedisReleases.Leaving leaving : together) {
            keys.add(leaving.keys().lock());
            keys.add(leaving.keys().queue());
            arguments.add(leaving.candidate());
            arguments.add(leaving.mayQueue() ? "1" : "0");
        }
        return abandon.run(redisson, keys, arguments);
    }

    @Override
    public Optional<ReadWriteBackend> readWrite() {
        return Optional.of(sharing);
    }

    @Override
    public Optional<AdminBackend> admin() {
        return Optional.of(new RedisAdmin(this, redisson));
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        return renewals.renew(due);
    }

    @Override
    public void close() {
        wakeups.close();
        onClose.run();
    }
}
