package io.coordkit.lock.redis;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One attempt at one lock. The core calls it one call after the other. */
final class RedisCandidacy implements Candidacy {
    private final RedisLockBackend backend;
    private final RedisKeys keys;
    private final String id;
    private final Duration ttl;
    private final Runnable wake;
    private volatile boolean asked;

    RedisCandidacy(RedisLockBackend backend, String name, String id, Duration ttl, Runnable wake) {
        this.backend = backend;
        this.keys = RedisKeys.of(name);
        this.id = id;
        this.ttl = ttl;
        this.wake = wake;
    }

    RedisKeys keys() {
        return keys;
    }

    String id() {
        return id;
    }

    Duration ttl() {
        return ttl;
    }

    void wake() {
        wake.run();
    }

    @Override
    public CompletionStage<Answer> request() {
        String mayQueue = asked ? "1" : "0";
        asked = true;
        backend.wakeups().listen(this); // before it is queued: the wake-up may overtake the answer
        return backend.request(
                        List.of(keys.lock(), keys.highWater(), keys.queue()),
                        List.of(id, Long.toString(ttl.toMillis()), mayQueue))
                .thenApply(this::answer);
    }

    private Answer answer(List<Object> reply) {
        long number = Long.parseLong(String.valueOf(reply.get(1)));
        if (((Number) reply.get(0)).intValue() == 1) {
            backend.wakeups().forget(this);
            return new Answer.Granted(number, ttl);
        }
        backend.wakeups().subscribe(keys);
        // A wake-up can get lost, so ask again when the holder must have expired, and often enough to stay queued.
        Duration often = ttl.dividedBy(3);
        Duration holderLeft = Duration.ofMillis(number + 1);
        return new Answer.Pending(number < 0 || holderLeft.compareTo(often) > 0 ? often : holderLeft);
    }

    @Override
    public CompletionStage<Void> abandon() {
        backend.wakeups().forget(this);
        return backend.release(keys, id, asked);
    }
}
