package io.coordkit.lock.zookeeper;

import static io.coordkit.lock.zookeeper.ZooKeeperCalls.code;

import io.coordkit.ConfigurationException;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Renewal;
import io.coordkit.lock.zookeeper.QueueNode.Listing;
import io.coordkit.lock.zookeeper.QueueNode.Node;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Proof;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Refusal;
import io.coordkit.time.Scheduler.Scheduled;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place in a lock's queue, here of a mutex, from asking for it until its node is certainly gone.
 *
 * <p>A session lives as long as its process, wanted or not. So a place that is neither renewed nor asked after withdraws
 * by itself: a granted one after the TTL, a waiting one after twice the TTL, which is how often it is asked after.
 *
 * <p>Thread-safe; nothing is sent, and nothing foreign called, under the monitor.
 */
class QueuePlace {
    private static final Logger log = LoggerFactory.getLogger(QueuePlace.class);

    final ZooKeeperLockBackend backend;
    final QueueNode node;
    private final Duration ttl;
    private final Runnable wake;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    private boolean leaving;
    private @Nullable String watched;
    private @Nullable Scheduled lapse;
    private long lapseAt;
    private long keptUntil;

    QueuePlace(ZooKeeperLockBackend backend, QueueNode node, Duration ttl, Runnable wake) {
        this.backend = backend;
        this.node = node;
        this.ttl = ttl;
        this.wake = wake;
    }

    /** Whether it can no longer be granted: another place must be taken instead. */
    boolean isOver() {
        Node own = node.known();
        return isLeaving() || (own != null && own.session() != backend.session().id());
    }

    private synchronized boolean isLeaving() {
        return leaving;
    }

    // ---- asking -----------------------------------------------------------------------------------------------------

    CompletableFuture<Answer> ask() {
        String refusal = backend.session().refusal(ttl);
        if (refusal != null) {
            return CompletableFuture.failedFuture(new ConfigurationException(refusal));
        }
        if (keepFor(ttl)) {
            backend.standing(this);
        }
        return node.list().thenCompose(this::answer);
    }

    /** Whose leaving it waits for; empty if it is its turn. */
    Optional<String> predecessor(String own, List<String> queue) {
        return ZooKeeperPaths.predecessor(own, queue);
    }

    /** The grant, once it is its turn. */
    CompletableFuture<Long> grant(Node own) {
        return CompletableFuture.completedFuture(own.czxid());
    }

    private CompletableFuture<Answer> answer(Listing listing) {
        Node own = listing.own();
        List<String> queue = listing.queue();
        if (own.session() != backend.session().id()) {
            throw overBecause("its session has ended");
        }
        if (!queue.contains(own.name())) {
            throw overBecause("its node " + node.path(own.name()) + " was deleted by somebody else");
        }
        node.own(queue).stream().filter(each -> !each.equals(own.name())).forEach(twin -> {
            var unused = backend.calls().deleteInTheEnd(node.path(twin));
        });
        return predecessor(own.name(), queue)
                .map(ahead -> CompletableFuture.completedFuture(pending(ahead)))
                .orElseGet(() -> grant(own).thenApply(this::granted));
    }

    private IllegalStateException overBecause(String why) {
        var unused = leave();
        return new IllegalStateException(why);
    }

    private Answer pending(String predecessor) {
        String ahead = node.path(predecessor);
        String before;
        synchronized (this) {
            before = watched;
            watched = leaving ? null : ahead;
        }
        if (before != null && !before.equals(ahead)) {
            backend.wakeups().forget(before, wake);
        }
        if (keepFor(ttl.multipliedBy(2))) {
            backend.wakeups().watch(ahead, wake);
        }
        return new Answer.Pending(ttl);
    }

    private Answer granted(long grant) {
        if (grant >= 1L << 53) {
            throw new IllegalStateException("ZooKeeper's transaction 0x" + Long.toHexString(grant)
                    + " is beyond the 2^21 epochs that a fencing token has room for");
        }
        if (!keepFor(ttl)) {
            throw new IllegalStateException("it has been withdrawn");
        }
        return new Answer.Granted(grant, backend.session().validFor(ttl));
    }

    // ---- staying ----------------------------------------------------------------------------------------------------

    /** @param proof asked for before this */
    CompletableFuture<Renewal> renew(Proof proof) {
        Node own = node.known();
        if (own == null || isOver()) {
            return CompletableFuture.completedFuture(ended());
        }
        return backend.calls()
                .read(node.path(own.name()))
                .thenCompose(proof::confirm)
                .thenApply(event -> renewal(own, event));
    }

    private Renewal renewal(Node own, CuratorEvent event) {
        if (code(event) == Code.NONODE) {
            return new Renewal.Gone("its node is gone from ZooKeeper: deleted, or lost with its session");
        }
        if (code(event) != Code.OK) {
            throw new Refusal(ZooKeeperCalls.failure(event, node.path(own.name())));
        }
        Optional<String> revocation = ZooKeeperPaths.revocation(event);
        if (revocation.isPresent()) {
            return new Renewal.Gone("it was released by force: " + revocation.get());
        }
        boolean ours = event.getStat().getCzxid() == own.czxid()
                && own.session() == backend.session().id();
        return ours && keepFor(ttl) ? new Renewal.Extended(backend.session().validFor(ttl)) : ended();
    }

    private static Renewal ended() {
        return new Renewal.Gone("its ZooKeeper session has ended, or it was not renewed in time");
    }

    /** Moves the withdrawal to {@code time} from now; false if it has begun. */
    private synchronized boolean keepFor(Duration time) {
        keptUntil = backend.timer().nanoTime() + time.toNanos();
        if (!leaving && (lapse == null || keptUntil - lapseAt < 0)) {
            if (lapse != null) {
                lapse.cancel();
            }
            lapseAfter(time);
        }
        return !leaving;
    }

    /** Later ends of the place do not move the timer: it looks for itself how long is left. */
    private synchronized void lapseAfter(Duration time) {
        lapseAt = backend.timer().nanoTime() + time.toNanos();
        lapse = backend.timer().schedule(time, this::lapseIfDue);
    }

    private void lapseIfDue() {
        synchronized (this) {
            long left = keptUntil - backend.timer().nanoTime();
            if (leaving) {
                return;
            }
            if (left > 0) {
                lapseAfter(Duration.ofNanos(left));
                return;
            }
            leaving = true;
        }
        log.warn("Nobody renewed {} for its TTL of {}: it is withdrawn", node.queue(), ttl);
        withdraw();
    }

    // ---- leaving ----------------------------------------------------------------------------------------------------

    /** Withdraws; completes when the node is certainly gone. Idempotent. */
    CompletableFuture<Void> leave() {
        boolean first;
        synchronized (this) {
            first = !leaving;
            leaving = true;
        }
        if (first) {
            withdraw();
        }
        return gone.copy();
    }

    /** The backend closes: what cannot be deleted now is left to Curator. */
    void leaveForGood() {
        var unused = isLeaving() ? eraseOnce() : leave();
    }

    private void withdraw() {
        String waitedFor;
        synchronized (this) {
            if (lapse != null) {
                lapse.cancel();
                lapse = null;
            }
            waitedFor = watched;
            watched = null;
        }
        if (waitedFor != null) {
            backend.wakeups().forget(waitedFor, wake);
        }
        var unused = node.bar().thenRun(() -> erase(0));
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

    private CompletableFuture<Void> eraseOnce() {
        ZooKeeperCalls calls = backend.calls();
        return node.erase(backend.isClosing() ? calls::deleteInTheEnd : calls::delete);
    }
}
