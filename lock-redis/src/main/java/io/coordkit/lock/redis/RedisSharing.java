package io.coordkit.lock.redis;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.ReadWriteBackend;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Read-write locks: all who want one, whether they hold it or wait, are in a queue by their arrival, each until the time
 * at which it counts as dead. Whose turn it is is decided where the queue is, by {@code share-request.lua}.
 */
final class RedisSharing implements ReadWriteBackend {
    private final RedisLockBackend backend;
    private final RedisScript request = RedisScript.load("share-request");
    private final RedisScript renew = RedisScript.load("share-renew");
    private final RedisScript abandon = RedisScript.load("share-abandon");

    RedisSharing(RedisLockBackend backend) {
        this.backend = backend;
    }

    @Override
    public Candidacy stand(String name, Access access, Duration ttl, Runnable wake) {
        return new Place(name, access, ttl, wake);
    }

    private final class Place extends RedisPlace {
        private final Access access;

        Place(String name, Access access, Duration ttl, Runnable wake) {
            super(RedisSharing.this.backend, name, ttl, wake);
            this.access = access;
        }

        @Override
        RedisScript renewal() {
            return renew;
        }

        @Override
        List<String> renewalKeys() {
            return keys().shared();
        }

        @Override
        public CompletionStage<Answer> request() {
            backend.wakeups().listen(this); // before it is queued: the wake-up may overtake the answer
            List<String> arguments = List.of(id(), Long.toString(ttl().toMillis()), access == Access.WRITE ? "w" : "r");
            return backend.run(request, keys().sharedAndHighWater(), arguments).thenApply(this::answer);
        }

        @Override
        public CompletionStage<Void> abandon() {
            backend.wakeups().forget(this);
            return backend.run(
                            abandon,
                            keys().shared(),
                            List.of(id(), backend.wakeups().channelPrefix(keys())))
                    .thenAccept(left -> {});
        }
    }
}
