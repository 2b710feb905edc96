package io.coordkit.lock.redis;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import java.time.Duration;
import java.util.List;

/** What all candidacies have: who it is, where its lock lives, and how it is renewed and woken. Thread-safe. */
abstract class RedisPlace implements Candidacy {
    final RedisLockBackend backend;
    private final RedisKeys keys;
    private final String id;
    private final Duration ttl;
    private final Runnable wake;

    RedisPlace(RedisLockBackend backend, String name, Duration ttl, Runnable wake) {
        this.backend = backend;
        this.keys = RedisKeys.of(name);
        this.id = backend.nextCandidate();
        this.ttl = ttl;
        this.wake = wake;
    }

    final RedisKeys keys() {
        return keys;
    }

    final String id() {
        return id;
    }

    final Duration ttl() {
        return ttl;
    }

    final void wake() {
        wake.run();
    }

    /**
     * What the request script has answered: {1, grant}, or {0, ms until the one in the way counts as dead}. A wake-up can get
     * lost, so it asks again then, and often enough to stay queued.
     */
    final Answer answer(List<Object> reply) {
        long number = Long.parseLong(String.valueOf(reply.get(1)));
        if (((Number) reply.get(0)).intValue() == 1) {
            backend.wakeups().forget(this);
            return new Answer.Granted(number, ttl);
        }
        backend.wakeups().subscribe(keys);
        Duration often = ttl.dividedBy(3);
        Duration left = Duration.ofMillis(number + 1);
        return new Answer.Pending(number < 0 || left.compareTo(often) > 0 ? often : left);
    }

    /** The script that renews those of its kind, several of one bucket and TTL at once. */
    abstract RedisScript renewal();

    /** Its keys for that script. */
    abstract List<String> renewalKeys();
}
