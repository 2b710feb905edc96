package io.coordkit.lock.zookeeper;

import static io.coordkit.lock.zookeeper.ZooKeeperCalls.code;

import io.coordkit.lock.spi.ReadWriteBackend.Access;
import io.coordkit.lock.zookeeper.QueueNode.Node;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.KeeperException.Code;

/**
 * One place in the queue of a read-write lock. A writer waits for whoever is right before it, a reader for the last writer
 * before it.
 *
 * <p>A writer whose turn it is writes its name into the queue's own node, and the transaction that did so is its grant.
 * Readers have the transaction that last wrote or created that node: the same for all until the next writer, whose turn
 * does not come while one of them is there. The servers delete the node when nobody has been in the queue for a while, and
 * a new one is newer than all writers before.
 */
final class SharedPlace extends QueuePlace {
    private final Access access;
    private volatile boolean written;

    SharedPlace(ZooKeeperLockBackend backend, QueueNode node, Access access, Duration ttl, Runnable wake) {
        super(backend, node, ttl, wake);
        this.access = access;
    }

    @Override
    Optional<String> predecessor(String own, List<String> queue) {
        List<String> inTheWay = access == Access.WRITE
                ? queue
                : queue.stream().filter(ZooKeeperPaths::isWriter).toList();
        return ZooKeeperPaths.predecessor(own, inTheWay);
    }

    @Override
    CompletableFuture<Long> grant(Node own) {
        byte[] name = own.name().getBytes(StandardCharsets.UTF_8);
        if (access == Access.WRITE && !written) {
            return write(name);
        }
        return backend.calls().read(node.queue()).thenCompose(event -> {
            boolean has = access == Access.READ || Arrays.equals(name, event.getData());
            return code(event) != Code.OK || has ? transaction(event) : write(name);
        });
    }

    private CompletableFuture<Long> write(byte[] name) {
        written = true; // perhaps: from now on it looks first
        return backend.calls().write(node.queue(), name).thenCompose(this::transaction);
    }

    private CompletableFuture<Long> transaction(CuratorEvent event) {
        return code(event) == Code.OK
                ? CompletableFuture.completedFuture(event.getStat().getMzxid())
                : CompletableFuture.failedFuture(new Refusal(ZooKeeperCalls.failure(event, node.queue())));
    }
}
