package io.coordkit.lock.zookeeper;

import static io.coordkit.lock.zookeeper.ZooKeeperCalls.code;

import io.coordkit.ConfigurationException;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Renewal;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Proof;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Refusal;
import io.coordkit.time.Scheduler.Scheduled;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place in a lock's queue: the node, from before its creation until it is certainly gone.
 *
 * <p>The first request creates the node and lists the queue in one go. As the creation goes through the leader, it
 * proves the session, and the listing after it shows everybody who is ahead: nobody can get ahead later. A creation
 * without an answer leaves the place in doubt; the next request finds its node by the candidate's name, or creates it.
 * What a repeated creation has left twice is deleted. Later requests list the queue as of now.
 *
 * <p>A session lives as long as its process, wanted or not. So a place that is neither renewed nor asked after withdraws
 * by itself: a granted one after the TTL, a waiting one after twice the TTL, which is how often it is asked after.
 *
 * <p>Thread-safe; nothing foreign is called under the monitor.
 */
final class QueuePlace {
    private static final Logger log = LoggerFactory.getLogger(QueuePlace.class);
    private static final int CREATIONS = 4;
    private static final Set<Code> NOT_CREATED = EnumSet.of(Code.NONODE, Code.NOAUTH, Code.INVALIDACL);

    private final ZooKeeperLockBackend backend;
    private final ZooKeeperCalls calls;
    private final String queue;
    private final String prefix;
    private final Duration ttl;
    private final Runnable wake;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    private @Nullable Node node;
    private CompletableFuture<Void> creation = CompletableFuture.completedFuture(null);
    private boolean inDoubt;
    private boolean leaving;
    private @Nullable String watched;
    private @Nullable Scheduled lapse;
    private long keptUntil;

    QueuePlace(ZooKeeperLockBackend backend, String name, String candidate, Duration ttl, Runnable wake) {
        this.backend = backend;
        this.calls = backend.calls();
        this.queue = ZooKeeperPaths.queue(name);
        this.prefix = ZooKeeperPaths.prefix(candidate);
        this.ttl = ttl;
        this.wake = wake;
    }

    /** Our node: its name in the queue, the transaction that created it, the session that it ends with. */
    private record Node(String name, long czxid, long session) {}

    private String path(String child) {
        return queue + "/" + child;
    }

    /** Whether it can no longer be granted: another place must be taken instead. */
    synchronized boolean isOver() {
        return leaving || (node != null && node.session() != backend.session().id());
    }

    // ---- asking -----------------------------------------------------------------------------------------------------

    CompletableFuture<Answer> ask() {
        String refusal = backend.session().refusal(ttl);
        if (refusal != null) {
            return CompletableFuture.failedFuture(new ConfigurationException(refusal));
        }
        CompletableFuture<Void> underWay;
        Node known;
        boolean doubtful;
        synchronized (this) {
            underWay = creation;
            known = node;
            doubtful = inDoubt;
        }
        if (!underWay.isDone()) {
            return underWay.thenCompose(settled -> ask());
        }
        if (known != null) {
            return calls.listAsOfNow(queue).thenCompose(listed -> answer(known, listed));
        }
        return doubtful ? findAgain() : enter(1);
    }

    private CompletableFuture<Answer> enter(int attempt) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        synchronized (this) {
            if (leaving) {
                return failed("it has been withdrawn");
            }
            creation = settled;
        }
        backend.standing(this);
        CompletableFuture<CuratorEvent> created = calls.createPlace(path(prefix));
        CompletableFuture<CuratorEvent> listing = calls.list(queue);
        return created.handle((event, failure) -> {
                    boolean known = onCreated(event);
                    settled.complete(null);
                    return known;
                })
                .thenCompose(known -> {
                    Node mine = node();
                    if (known && mine != null) {
                        return listing.thenApply(event -> ZooKeeperCalls.children(event, queue))
                                .thenCompose(listed -> listed.contains(mine.name())
                                        ? answer(mine, listed)
                                        : calls.listAsOfNow(queue).thenCompose(again -> answer(mine, again)));
                    }
                    return created.thenCompose(event -> code(event) == Code.NONODE && attempt < CREATIONS
                            ? calls.createQueue(queue).thenCompose(made -> enterCreated(made, attempt + 1))
                            : CompletableFuture.failedFuture(new Refusal(ZooKeeperCalls.failure(event, queue))));
                });
    }

    private CompletableFuture<Answer> enterCreated(CuratorEvent made, int attempt) {
        return code(made) == Code.OK || code(made) == Code.NODEEXISTS
                ? enter(attempt)
                : CompletableFuture.failedFuture(new Refusal(ZooKeeperCalls.failure(made, queue)));
    }

    private synchronized boolean onCreated(@Nullable CuratorEvent event) {
        if (event != null && code(event) == Code.OK) {
            String name = event.getName().substring(event.getName().lastIndexOf('/') + 1);
            node = new Node(name, event.getStat().getCzxid(), event.getStat().getEphemeralOwner());
            return true;
        }
        inDoubt |= event == null || !NOT_CREATED.contains(code(event));
        return false;
    }

    private synchronized @Nullable Node node() {
        return node;
    }

    /** A creation got no answer: the node that it may have made is ours. */
    private CompletableFuture<Answer> findAgain() {
        Proof proof = calls.prove();
        return calls.list(queue).thenCompose(proof::confirm).thenCompose(event -> {
            List<String> own = code(event) == Code.NONODE ? List.of() : own(ZooKeeperCalls.children(event, queue));
            if (own.isEmpty()) {
                return enter(1);
            }
            return calls.stat(path(own.get(0))).thenCompose(stat -> {
                if (code(stat) != Code.OK) {
                    return CompletableFuture.failedFuture(new Refusal(ZooKeeperCalls.failure(stat, queue)));
                }
                synchronized (this) {
                    node = new Node(
                            own.get(0),
                            stat.getStat().getCzxid(),
                            stat.getStat().getEphemeralOwner());
                }
                return ask();
            });
        });
    }

    private List<String> own(List<String> listed) {
        return listed.stream().filter(each -> each.startsWith(prefix)).toList();
    }

    private CompletableFuture<Answer> answer(Node mine, List<String> listed) {
        if (mine.session() != backend.session().id()) {
            var unused = leave();
            return failed("its session has ended");
        }
        if (!listed.contains(mine.name())) {
            var unused = leave();
            return failed("its node " + path(mine.name()) + " was deleted by somebody else");
        }
        List<String> own = own(listed);
        if (own.size() > 1) {
            own.stream().filter(each -> !each.equals(mine.name())).forEach(each -> {
                var unused = calls.deleteInTheEnd(path(each));
            });
        }
        return CompletableFuture.completedFuture(ZooKeeperPaths.predecessor(mine.name(), listed)
                .<Answer>map(this::pending)
                .orElseGet(() -> granted(mine)));
    }

    private Answer pending(String predecessor) {
        keepFor(ttl.multipliedBy(2));
        String ahead = path(predecessor);
        String before;
        boolean stays;
        synchronized (this) {
            before = watched;
            stays = !leaving;
            watched = stays ? ahead : null;
        }
        if (before != null && !before.equals(ahead)) {
            backend.wakeups().forget(before, wake);
        }
        if (stays) {
            backend.wakeups().watch(ahead, wake);
        }
        return new Answer.Pending(ttl);
    }

    private Answer granted(Node mine) {
        if (mine.czxid() >= 1L << 53) {
            throw new IllegalStateException("ZooKeeper's transaction 0x" + Long.toHexString(mine.czxid())
                    + " is beyond the 2^21 epochs that a fencing token has room for");
        }
        if (!keepFor(ttl)) {
            throw new IllegalStateException("it has been withdrawn");
        }
        return new Answer.Granted(mine.czxid(), backend.session().validFor(ttl));
    }

    private static <T> CompletableFuture<T> failed(String why) {
        return CompletableFuture.failedFuture(new IllegalStateException(why));
    }

    // ---- staying ----------------------------------------------------------------------------------------------------

    /** @param proof asked for before this */
    CompletableFuture<Renewal> renew(Proof proof) {
        Node mine = node();
        if (mine == null || isOver()) {
            return CompletableFuture.completedFuture(ended());
        }
        return calls.stat(path(mine.name())).thenCompose(proof::confirm).thenApply(event -> renewal(mine, event));
    }

    private Renewal renewal(Node mine, CuratorEvent event) {
        if (code(event) == Code.NONODE) {
            return new Renewal.Gone("its node is gone from ZooKeeper: deleted, or lost with its session");
        }
        if (code(event) != Code.OK) {
            KeeperException failure = ZooKeeperCalls.failure(event, path(mine.name()));
            throw new Refusal(failure);
        }
        boolean ours = event.getStat().getCzxid() == mine.czxid()
                && mine.session() == backend.session().id();
        return ours && keepFor(ttl) ? new Renewal.Extended(backend.session().validFor(ttl)) : ended();
    }

    private static Renewal ended() {
        return new Renewal.Gone("its ZooKeeper session has ended, or it was not renewed in time");
    }

    /** Puts off the withdrawal; false if it is too late. */
    private synchronized boolean keepFor(Duration time) {
        keptUntil = backend.timer().nanoTime() + time.toNanos();
        if (lapse == null && !leaving) {
            lapse = backend.timer().schedule(time, this::lapseIfDue);
        }
        return !leaving;
    }

    private void lapseIfDue() {
        synchronized (this) {
            long left = keptUntil - backend.timer().nanoTime();
            if (leaving || left > 0) {
                lapse = leaving ? null : backend.timer().schedule(Duration.ofNanos(left), this::lapseIfDue);
                return;
            }
            leaving = true;
        }
        log.warn("Nobody renewed {} for its TTL of {}: it is withdrawn", queue, ttl);
        withdraw();
    }

    // ---- leaving ----------------------------------------------------------------------------------------------------

    /** Withdraws; completes when the node is certainly gone. Idempotent. */
    CompletableFuture<Void> leave() {
        synchronized (this) {
            if (leaving) {
                return gone.copy();
            }
            leaving = true;
        }
        withdraw();
        return gone.copy();
    }

    private void withdraw() {
        CompletableFuture<Void> underWay;
        String waitedFor;
        synchronized (this) {
            if (lapse != null) {
                lapse.cancel();
                lapse = null;
            }
            waitedFor = watched;
            watched = null;
            underWay = creation;
        }
        if (waitedFor != null) {
            backend.wakeups().forget(waitedFor, wake);
        }
        var unused = underWay.thenRun(() -> erase(0));
    }

    private void erase(int failures) {
        var unused = eraseOnce().whenComplete((done, failure) -> {
            if (failure == null || backend.isSessionClosed()) {
                gone.complete(null);
                backend.gone(this);
            } else {
                backend.timer().schedule(ZooKeeperLockBackend.backoff(failures), () -> erase(failures + 1));
            }
        });
    }

    /** The backend closes: what cannot be deleted now is left to Curator. */
    void leaveForGood() {
        boolean alreadyLeaving;
        synchronized (this) {
            alreadyLeaving = leaving;
        }
        var unused = alreadyLeaving ? eraseOnce() : leave();
    }

    private CompletableFuture<Void> eraseOnce() {
        Node mine;
        boolean doubtful;
        synchronized (this) {
            mine = node;
            doubtful = inDoubt;
        }
        if (doubtful) {
            Proof proof = calls.prove();
            return calls.list(queue).thenCompose(proof::confirm).thenCompose(event -> {
                List<String> own = code(event) == Code.NONODE ? List.of() : own(ZooKeeperCalls.children(event, queue));
                return CompletableFuture.allOf(own.stream().map(this::delete).toArray(CompletableFuture<?>[]::new));
            });
        }
        return mine == null ? CompletableFuture.completedFuture(null) : delete(mine.name());
    }

    private CompletableFuture<Void> delete(String child) {
        String path = path(child);
        return (backend.isClosing() ? calls.deleteInTheEnd(path) : calls.delete(path)).thenAccept(event -> {
            if (code(event) != Code.OK && code(event) != Code.NONODE) {
                throw new Refusal(ZooKeeperCalls.failure(event, path));
            }
        });
    }
}
