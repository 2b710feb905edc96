package io.coordkit.lock.redis;

import io.coordkit.lock.spi.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One attempt at one lock. The core calls it one call after the other. */
final class RedisCandidacy extends RedisPlace {
    private volatile boolean asked;

    RedisCandidacy(RedisLockBackend backend, String name, Duration ttl, Runnable wake) {
        super(backend, name, ttl, wake);
    }

    @Override
    RedisScript renewal() {
        return backend.renewal();
    }

    @Override
    List<String> renewalKeys() {
        return List.of(keys().lock());
    }

    @Override
    public CompletionStage<Answer> request() {
        String mayQueue = asked ? "1" : "0";
        asked = true;
        backend.wakeups().listen(this); // before it is queued: the wake-up may overtake the answer
        return backend.request(
                        List.of(keys().lock(), keys().highWater(), keys().queue()),
                        List.of(id(), Long.toString(ttl().toMillis()), mayQueue))
                .thenApply(this::answer);
    }

    @Override
    public CompletionStage<Void> abandon() {
        backend.wakeups().forget(this);
        return backend.release(keys(), id(), asked);
    }
}
