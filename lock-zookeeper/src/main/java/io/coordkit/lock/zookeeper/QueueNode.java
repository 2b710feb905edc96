package io.coordkit.lock.zookeeper;

import static io.coordkit.lock.zookeeper.ZooKeeperCalls.code;

import io.coordkit.lock.zookeeper.ZooKeeperCalls.Proof;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Refusal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One candidate's node in a lock's queue: created, found again, deleted.
 *
 * <p>It is created and the queue listed in one go. As a creation goes through the leader, it proves the session, and
 * the listing after it shows everybody who is ahead: nobody can get ahead later. The queue itself is created only when
 * it turns out to be missing.
 *
 * <p>A creation without an answer leaves it in doubt whether there is a node: then it is looked for by the candidate's
 * name, among everything the leader knows by then, before it is created once more, and again before it counts as
 * deleted. No creation is sent while another is under way, nor after {@link #bar}.
 *
 * <p>Thread-safe; nothing is sent, and nothing foreign called, under the monitor.
 */
final class QueueNode {
    private static final int CREATIONS = 5;
    private static final Set<Code> NOT_CREATED = EnumSet.of(Code.NONODE, Code.NOAUTH, Code.INVALIDACL);

    private final ZooKeeperCalls calls;
    private final String queue;
    private final String prefix;

    private @Nullable Node node;
    private CompletableFuture<Void> creation = CompletableFuture.completedFuture(null);
    private boolean inDoubt;
    private boolean barred;

    /** @param queue the path of the queue's own node */
    QueueNode(ZooKeeperCalls calls, String queue, String candidate) {
        this.calls = calls;
        this.queue = queue;
        this.prefix = ZooKeeperPaths.prefix(candidate);
    }

    /** Its name in the queue, the transaction that created it, the session that it ends with. */
    record Node(String name, long czxid, long session) {
        static Node of(String path, Stat stat) {
            return new Node(path.substring(path.lastIndexOf('/') + 1), stat.getCzxid(), stat.getEphemeralOwner());
        }
    }

    /** The node, and the queue at a time after it was asked for. */
    record Listing(Node own, List<String> queue) {}

    /** The node's path in full. */
    String path(String child) {
        return queue + "/" + child;
    }

    /** The path of the queue's own node. */
    String queue() {
        return queue;
    }

    /** The node, once it is known to have been created. */
    synchronized @Nullable Node known() {
        return node;
    }

    /** The candidate's own among the nodes of a queue: more than one if a creation was repeated. */
    List<String> own(List<String> listed) {
        return listed.stream().filter(each -> each.startsWith(prefix)).toList();
    }

    // ---- creation ---------------------------------------------------------------------------------------------------

    /** Lists the queue with this node in it, which is created if need be. */
    CompletableFuture<Listing> list() {
        CompletableFuture<Void> underWay;
        boolean looked;
        synchronized (this) {
            underWay = creation;
            looked = !inDoubt || node != null;
        }
        if (!underWay.isDone()) {
            return underWay.thenCompose(settled -> list());
        }
        return looked ? listOrCreate() : findAgain();
    }

    private CompletableFuture<Listing> listOrCreate() {
        Node known = known();
        return known == null ? create(1) : calls.listAsOfNow(queue).thenApply(listed -> new Listing(known, listed));
    }

    private CompletableFuture<Listing> findAgain() {
        return ownAsOfNow().thenCompose(own -> {
            if (own.isEmpty()) {
                return create(1);
            }
            String path = path(own.get(0));
            return calls.stat(path).thenCompose(event -> {
                if (code(event) != Code.OK) {
                    return refused(event);
                }
                synchronized (this) {
                    if (node == null) {
                        node = Node.of(path, event.getStat());
                    }
                }
                return listOrCreate();
            });
        });
    }

    private CompletableFuture<Listing> create(int attempt) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        CompletableFuture<Void> underWay;
        boolean created;
        synchronized (this) {
            if (barred) {
                return CompletableFuture.failedFuture(new IllegalStateException("it has been withdrawn"));
            }
            underWay = creation;
            created = node != null;
            if (underWay.isDone() && !created) {
                creation = settled;
            }
        }
        if (!underWay.isDone() || created) {
            return underWay.thenCompose(other -> list());
        }
        if (attempt == 2) {
            var unused = calls.createQueue(queue); // on the way before the node; what is above it may still be missing
        }
        CompletableFuture<CuratorEvent> creating = calls.createPlace(path(prefix));
        CompletableFuture<CuratorEvent> listing = calls.list(queue);
        return creating.whenComplete((event, failure) -> {
                    onCreated(event);
                    settled.complete(null);
                })
                .thenCompose(event -> switch (code(event)) {
                    case OK -> listing.thenCompose(listed -> afterCreation(event, listed));
                    case NONODE -> attempt < CREATIONS ? createBoth(attempt + 1) : refused(event);
                    default -> refused(event);
                });
    }

    private CompletableFuture<Listing> createBoth(int attempt) {
        return attempt == 2
                ? create(attempt)
                : calls.createQueue(queue)
                        .thenCompose(event -> code(event) == Code.OK || code(event) == Code.NODEEXISTS
                                ? create(attempt)
                                : refused(event));
    }

    private synchronized void onCreated(@Nullable CuratorEvent event) {
        if (event != null && code(event) == Code.OK) {
            node = Node.of(event.getName(), event.getStat());
        } else {
            inDoubt |= event == null || !NOT_CREATED.contains(code(event));
        }
    }

    /** A creation that was repeated can be answered after the listing that was to come after it. */
    private CompletableFuture<Listing> afterCreation(CuratorEvent created, CuratorEvent listing) {
        Node own = Node.of(created.getName(), created.getStat());
        List<String> listed = ZooKeeperCalls.children(listing, queue);
        return listed.contains(own.name())
                ? CompletableFuture.completedFuture(new Listing(own, listed))
                : calls.listAsOfNow(queue).thenApply(again -> new Listing(own, again));
    }

    private <T> CompletableFuture<T> refused(CuratorEvent event) {
        return CompletableFuture.failedFuture(new Refusal(ZooKeeperCalls.failure(event, queue)));
    }

    private CompletableFuture<List<String>> ownAsOfNow() {
        Proof proof = calls.prove();
        return calls.list(queue)
                .thenCompose(proof::confirm)
                .thenApply(
                        event -> code(event) == Code.NONODE ? List.of() : own(ZooKeeperCalls.children(event, queue)));
    }

    // ---- deletion ---------------------------------------------------------------------------------------------------

    /** Nothing is created from now on. Completes when what is under way has settled. */
    synchronized CompletableFuture<Void> bar() {
        barred = true;
        return creation;
    }

    /**
     * Deletes all that may be this candidate's. To be called after {@link #bar}.
     *
     * @param delete how to delete a path
     */
    CompletableFuture<Void> erase(Function<String, CompletableFuture<CuratorEvent>> delete) {
        Node known;
        boolean doubtful;
        synchronized (this) {
            known = node;
            doubtful = inDoubt;
        }
        if (doubtful) {
            return ownAsOfNow()
                    .thenCompose(own -> CompletableFuture.allOf(
                            own.stream().map(each -> erase(each, delete)).toArray(CompletableFuture<?>[]::new)));
        }
        return known == null ? CompletableFuture.completedFuture(null) : erase(known.name(), delete);
    }

    private CompletableFuture<Void> erase(String child, Function<String, CompletableFuture<CuratorEvent>> delete) {
        return delete.apply(path(child))
                .thenCompose(event -> code(event) == Code.OK || code(event) == Code.NONODE
                        ? CompletableFuture.completedFuture(null)
                        : refused(event));
    }
}
