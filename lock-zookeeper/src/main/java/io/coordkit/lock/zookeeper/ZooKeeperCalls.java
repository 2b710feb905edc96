package io.coordkit.lock.zookeeper;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.BackgroundCallback;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;

/**
 * Curator's background calls as futures. They complete on Curator's threads, once Curator has given up repeating the
 * call: only then is it certain that nothing more is sent.
 *
 * <p>Calls that are sent one after the other on one connection are carried out, and answered, in that order.
 * Thread-safe.
 */
final class ZooKeeperCalls {
    private static final byte[] NO_DATA = new byte[0]; // Curator's default is the client's address

    private final CuratorFramework curator;

    ZooKeeperCalls(CuratorFramework curator) {
        this.curator = curator;
    }

    /** Creates a place in a queue. */
    CompletableFuture<CuratorEvent> createPlace(String prefix) {
        return call(answer -> curator.create()
                .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
                .inBackground(answer)
                .forPath(prefix, NO_DATA));
    }

    /** Creates a queue, and what is above it. */
    CompletableFuture<CuratorEvent> createQueue(String path) {
        return call(answer -> curator.create()
                .creatingParentContainersIfNeeded()
                .withMode(CreateMode.CONTAINER)
                .inBackground(answer)
                .forPath(path, NO_DATA));
    }

    /** The nodes of a queue, as this connection's server knows them. */
    CompletableFuture<CuratorEvent> list(String path) {
        return call(answer -> curator.getChildren().inBackground(answer).forPath(path));
    }

    /** The node's status, as this connection's server knows it. */
    CompletableFuture<CuratorEvent> stat(String path) {
        return call(answer -> curator.checkExists().inBackground(answer).forPath(path));
    }

    /** The node's data and status, as this connection's server knows them. */
    CompletableFuture<CuratorEvent> read(String path) {
        return call(answer -> curator.getData().inBackground(answer).forPath(path));
    }

    /** Replaces the node's data, and tells its status after that. */
    CompletableFuture<CuratorEvent> write(String path, byte[] data) {
        return call(answer -> curator.setData().inBackground(answer).forPath(path, data));
    }

    /** Watches a node that is there; one that is not there leaves no watch behind. */
    CompletableFuture<CuratorEvent> watch(String path, CuratorWatcher watcher) {
        return call(answer ->
                curator.getData().usingWatcher(watcher).inBackground(answer).forPath(path));
    }

    /** Deletes a node. */
    CompletableFuture<CuratorEvent> delete(String path) {
        return call(answer -> curator.delete().inBackground(answer).forPath(path));
    }

    /** Deletes a node, and leaves it to Curator to repeat it for as long as it lives. */
    CompletableFuture<CuratorEvent> deleteInTheEnd(String path) {
        return call(answer -> curator.delete().guaranteed().inBackground(answer).forPath(path));
    }

    /** Asks the leader for a sign of life. What is sent after it proves what it finds as of now. */
    Proof prove() {
        return new Proof(call(answer -> curator.sync().inBackground(answer).forPath("/")));
    }

    /** The nodes of a queue as of now; fails if the queue cannot be listed. */
    CompletableFuture<List<String>> listAsOfNow(String path) {
        Proof proof = prove();
        return list(path).thenCompose(proof::confirm).thenApply(listing -> children(listing, path));
    }

    /** The children in the answer to a listing. */
    static List<String> children(CuratorEvent listing, String path) {
        if (code(listing) != Code.OK) {
            throw new Refusal(failure(listing, path));
        }
        return listing.getChildren();
    }

    static Code code(CuratorEvent event) {
        return Code.get(event.getResultCode());
    }

    static KeeperException failure(CuratorEvent event, String path) {
        return KeeperException.create(code(event), path);
    }

    /** Carries ZooKeeper's checked exception through a stage. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refusal(KeeperException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * A leader's sign of life for this session. A server that has lost its leader still answers what it remembers, also
     * for a session that has expired meanwhile; only what it answers after the leader's word counts.
     */
    record Proof(CompletableFuture<CuratorEvent> sync) {

        /** The event, which must have been asked for after this proof and so is answered after it. */
        CompletableFuture<CuratorEvent> confirm(CuratorEvent event) {
            if (sync.isDone() && !sync.isCompletedExceptionally() && code(sync.join()) == Code.OK) {
                return CompletableFuture.completedFuture(event);
            }
            return CompletableFuture.failedFuture(
                    new Refusal(KeeperException.create(Code.CONNECTIONLOSS, "the leader's confirmation")));
        }
    }

    @FunctionalInterface
    private interface Call {
        void send(BackgroundCallback answer) throws Exception;
    }

    private static CompletableFuture<CuratorEvent> call(Call call) {
        CompletableFuture<CuratorEvent> answer = new CompletableFuture<>();
        try {
            call.send((curator, event) -> answer.complete(event));
        } catch (Exception e) { // as wide as Curator declares it; passed on, not swallowed
            answer.completeExceptionally(e);
        }
        return answer;
    }
}
