package io.coordkit.lock.zookeeper;

import static io.coordkit.lock.zookeeper.ZooKeeperCalls.code;

import io.coordkit.lock.LockStatus;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.KeeperException.Code;

/** What operators ask of ZooKeeper, which does not tell how long a session still has. */
final class ZooKeeperAdmin implements AdminBackend {
    private static final int ATTEMPTS = 5;

    private final ZooKeeperLockBackend backend;
    private final ZooKeeperCalls calls;

    ZooKeeperAdmin(ZooKeeperLockBackend backend) {
        this.backend = backend;
        this.calls = backend.calls();
    }

    @Override
    public CompletionStage<Optional<LockStatus>> inspect(String name) {
        return backend.inTime(inspect(name, ATTEMPTS));
    }

    private CompletableFuture<Optional<LockStatus>> inspect(String name, int attempts) {
        String path = ZooKeeperPaths.queue(name);
        var proof = calls.prove();
        return calls.list(path).thenCompose(proof::confirm).thenCompose(listing -> {
            List<String> queue = code(listing) == Code.NONODE ? List.of() : ZooKeeperCalls.children(listing, path);
            return ZooKeeperPaths.first(queue)
                    .map(holder -> calls.read(path + "/" + holder)
                            .thenCompose(place -> code(place) == Code.NONODE && attempts > 1
                                    ? inspect(name, attempts - 1) // it has left meanwhile
                                    : CompletableFuture.completedFuture(
                                            Optional.of(status(name, holder, place, queue.size() - 1)))))
                    .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
        });
    }

    private static LockStatus status(String name, String holder, CuratorEvent place, int waiters) {
        requireOk(place, holder);
        return new LockStatus(
                name,
                holder,
                place.getStat().getCzxid(),
                Optional.of(Instant.ofEpochMilli(place.getStat().getCtime())),
                Optional.empty(),
                waiters,
                ZooKeeperPaths.revocation(place).isPresent());
    }

    /** Queues outlive their last place for a while: only those that have one are told. */
    @Override
    public CompletionStage<List<String>> list(String prefix, int limit) {
        CompletableFuture<List<String>> names = calls.list(ZooKeeperPaths.TOP).thenCompose(listing -> {
            if (code(listing) == Code.NONODE) {
                return CompletableFuture.completedFuture(List.of());
            }
            List<CompletableFuture<Optional<String>>> used = new ArrayList<>();
            ZooKeeperCalls.children(listing, ZooKeeperPaths.TOP).stream()
                    .map(ZooKeeperPaths::nameOf)
                    .filter(name -> name.startsWith(prefix))
                    .forEach(name -> used.add(calls.stat(ZooKeeperPaths.queue(name))
                            .thenApply(event ->
                                    code(event) == Code.OK && event.getStat().getNumChildren() > 0
                                            ? Optional.of(name)
                                            : Optional.empty())));
            return CompletableFuture.allOf(used.toArray(CompletableFuture<?>[]::new))
                    .thenApply(all -> used.stream()
                            .flatMap(name -> name.join().stream())
                            .limit(limit)
                            .toList());
        });
        return names;
    }

    @Override
    public CompletionStage<Boolean> revoke(LockStatus holder, String reason) {
        return backend.inTime(calls.write(path(holder), reason.getBytes(StandardCharsets.UTF_8))
                .thenApply(ZooKeeperAdmin::isDone));
    }

    @Override
    public CompletionStage<Boolean> delete(LockStatus holder) {
        return backend.inTime(calls.delete(path(holder)).thenApply(ZooKeeperAdmin::isDone));
    }

    private static String path(LockStatus holder) {
        return ZooKeeperPaths.queue(holder.name()) + "/" + holder.holder();
    }

    private static boolean isDone(CuratorEvent event) {
        if (code(event) == Code.NONODE) {
            return false;
        }
        requireOk(event, event.getPath());
        return true;
    }

    private static void requireOk(CuratorEvent event, String path) {
        if (code(event) != Code.OK) {
            throw new Refusal(ZooKeeperCalls.failure(event, path));
        }
    }
}
