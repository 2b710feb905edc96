package io.coordkit.lock.zookeeper;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.Renewal;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Proof;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One attempt at one lock: its place in the queue, and another if that one ended with its session. */
final class ZooKeeperCandidacy implements Candidacy {
    private final ZooKeeperLockBackend backend;
    private final String name;
    private final Duration ttl;
    private final Runnable wake;
    private volatile @Nullable QueuePlace place;

    ZooKeeperCandidacy(ZooKeeperLockBackend backend, String name, Duration ttl, Runnable wake) {
        this.backend = backend;
        this.name = name;
        this.ttl = ttl;
        this.wake = wake;
    }

    @Override
    public CompletionStage<Answer> request() {
        QueuePlace current = place;
        if (current == null || current.isOver()) {
            if (current != null) {
                var unused = current.leave();
            }
            current = new QueuePlace(backend, new QueueNode(backend.calls(), name, backend.nextCandidate()), ttl, wake);
            place = current;
        }
        return backend.inTime(current.ask());
    }

    CompletableFuture<Renewal> renew(Proof proof) {
        QueuePlace current = place;
        return current == null
                ? CompletableFuture.failedFuture(new IllegalStateException("it was never asked for"))
                : current.renew(proof);
    }

    @Override
    public CompletionStage<Void> abandon() {
        QueuePlace current = place;
        return current == null ? CompletableFuture.completedFuture(null) : backend.inTime(current.leave());
    }
}
