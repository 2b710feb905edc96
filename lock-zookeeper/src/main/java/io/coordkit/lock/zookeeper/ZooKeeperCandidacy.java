package io.coordkit.lock.zookeeper;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.Renewal;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Proof;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One attempt at one lock: its place in the queue, and another if that one ended with its session. */
final class ZooKeeperCandidacy implements Candidacy {
    private final ZooKeeperLockBackend backend;
    private final Supplier<QueuePlace> newPlace;
    private volatile @Nullable QueuePlace place;

    ZooKeeperCandidacy(ZooKeeperLockBackend backend, Supplier<QueuePlace> newPlace) {
        this.backend = backend;
        this.newPlace = newPlace;
    }

    @Override
    public CompletionStage<Answer> request() {
        QueuePlace current = place;
        if (current == null || current.isOver()) {
            if (current != null) {
                var unused = current.leave();
            }
            current = newPlace.get();
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
