package io.coordkit.lock;

import io.coordkit.observe.CoordEvent.LockAcquired;
import io.coordkit.observe.CoordEvent.LockLost;
import io.coordkit.observe.CoordEvent.LockNotAcquired;
import io.coordkit.observe.CoordEvent.LockReleased;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One name in one client: the queue of its local waiters and the one {@link Tenure} that speaks for them to the store.
 * In a client that is fair, and of a read-write lock, it is one waiter's own, who so has a place of his own in the
 * store's queue.
 *
 * <h2>How it moves</h2>
 *
 * Whenever there are waiters and no tenure, a tenure stands. A grant goes to the first waiter. When the last hold
 * closes, the grant passes to the next local waiter, under a new token and without the store, as often and as long as
 * {@link LockOptions} allow; otherwise the tenure leaves, and the next one stands once the store has acknowledged it.
 * A lost tenure is dropped at once: it leaves by itself, harmlessly, while the next one stands.
 *
 * <h2>How it is guarded</h2>
 *
 * Every transition runs under {@link #guard}. It only changes state and notes effects (calls to the store, callbacks,
 * log lines, events), which run after the guard is free: nothing foreign ever runs under it.
 */
final class NamedLock {
    private static final Logger log = LoggerFactory.getLogger(NamedLock.class);

    private final LockId id;
    private final String name;
    private final StandardLockClient client;
    private final ReentrantLock guard = new ReentrantLock();
    private final WaiterQueue waiters = new WaiterQueue();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private List<Runnable> effects = new ArrayList<>(4);
    private @Nullable Tenure tenure;
    private @Nullable Possession possession;
    private boolean retired;
    private boolean closing;
    private boolean heldBack;

    NamedLock(LockId id, StandardLockClient client) {
        this.id = id;
        this.name = id.name();
        this.client = client;
    }

    LockId id() {
        return id;
    }

    String name() {
        return name;
    }

    /** The name for log lines. */
    String label() {
        return id.label();
    }

    /** Runs a transition under the guard, then its effects without it. */
    void transition(Runnable change) {
        List<Runnable> due;
        guard.lock();
        try {
            change.run();
            if (effects.isEmpty()) {
                return;
            }
            due = effects;
            effects = new ArrayList<>(4);
        } finally {
            guard.unlock();
        }
        due.forEach(Runnable::run);
    }

    /** Notes something to do once the guard is free. */
    void effect(Runnable action) {
        effects.add(action);
    }

    // ---- waiters ----------------------------------------------------------------------------------------------------

    /** Takes in a waiter; false if this object has retired and a new one must be made. */
    boolean join(Waiter waiter) {
        boolean[] joined = {true};
        transition(() -> {
            if (retired) {
                joined[0] = false;
            } else if (closing) {
                effect(() -> waiter.failed(closedWhileWaiting()));
            } else if (!waiter.waits() && isBusyHere()) {
                effect(waiter::busy);
            } else {
                waiters.add(waiter);
                advance();
            }
        });
        return joined[0];
    }

    private boolean isBusyHere() {
        Tenure now = tenure;
        return possession != null || (!waiters.isEmpty() && now != null && now.isPending());
    }

    /** Takes in the first waiter, for whom nothing is asked of the store until {@code before} has completed. */
    boolean joinAfter(CompletableFuture<?> before, Waiter waiter) {
        transition(() -> heldBack = !before.isDone());
        boolean joined = join(waiter);
        var unused = before.whenComplete((done, failure) -> transition(() -> {
            if (heldBack) {
                heldBack = false;
                advance();
            }
        }));
        return joined;
    }

    /** The waiter's time is up. No effect if it was settled before. */
    void expire(Waiter waiter) {
        transition(() -> {
            if (waiters.remove(waiter)) {
                Tenure now = tenure;
                String trouble = now == null ? null : now.trouble().describe();
                if (now == null || trouble == null) {
                    effect(waiter::busy);
                    notAcquired(waiter, "busy");
                } else {
                    Throwable cause = now.trouble().failure();
                    effect(() -> waiter.failed(new LockUnreachableException(name, trouble, cause)));
                    notAcquired(waiter, "unreachable");
                }
                advance();
            }
        });
    }

    void expireAfter(Duration wait, Waiter waiter) {
        waiter.timer(client.runtime.scheduler().schedule(wait, () -> expire(waiter)));
    }

    /** The waiter no longer wants it, and what it may have been given meanwhile is given back. */
    void giveUp(Waiter waiter, String why) {
        transition(() -> {
            if (waiters.remove(waiter)) {
                effect(waiter::busy);
                notAcquired(waiter, why);
                advance();
            } else {
                effect(() -> {
                    var unused = waiter.result().thenAccept(given -> given.ifPresent(Hold::close));
                });
            }
        });
    }

    private void notAcquired(Waiter waiter, String reason) {
        effect(() -> client.observe(new LockNotAcquired(name, reason, client.since(waiter.startedAt()))));
    }

    // ---- what the tenure reports -----------------------------------------------------------------------------------

    boolean isWanted() {
        return !waiters.isEmpty();
    }

    /** Completes with the first answer to the release that is under way, or at once if none is. */
    CompletableFuture<Void> releaseUnderWay() {
        List<CompletableFuture<Void>> underWay = new ArrayList<>(1);
        transition(() -> {
            Tenure now = tenure;
            if (now != null && now.isLeaving()) {
                underWay.add(now.leaveAnswered());
            }
        });
        return underWay.isEmpty() ? CompletableFuture.completedFuture(null) : underWay.get(0);
    }

    void granted(Tenure granted) {
        deliver(granted, false);
    }

    /** The store said no for now: whoever does not wait has his answer. */
    void refusedForNow() {
        waiters.dismissImpatient(waiter -> {
            effect(waiter::busy);
            notAcquired(waiter, "busy");
        });
    }

    /** The store did not answer: whoever does not wait has his answer. */
    void unreachable(String trouble, @Nullable Throwable failure) {
        waiters.dismissImpatient(waiter -> {
            effect(() -> waiter.failed(new LockUnreachableException(name, trouble, failure)));
            notAcquired(waiter, "unreachable");
        });
    }

    /** The tenure has left the store, acknowledged or expired. */
    void left(Tenure gone) {
        if (tenure == gone) {
            tenure = null;
            advance();
        }
    }

    // ---- holds ------------------------------------------------------------------------------------------------------

    /** One more hold on the same possession; otherwise the reason why not. */
    @Nullable
    String reenter(Possession entered) {
        String[] refusal = new String[1];
        transition(() -> {
            refusal[0] = entered.lost();
            if (refusal[0] == null && !entered.enter()) {
                refusal[0] = "it was released meanwhile";
            }
        });
        return refusal[0];
    }

    void listen(Possession heard, LockHold hold, Runnable action) {
        transition(() -> {
            if (hold.isClosed()) {
                return;
            }
            if (heard.lost() == null) {
                heard.listen(hold, action);
            } else {
                effect(() -> runCallback(() -> runLogged(action)));
            }
        });
    }

    void release(Possession released, LockHold hold) {
        transition(() -> {
            if (!released.leave(hold) || possession != released) {
                return;
            }
            possession = null;
            effect(() -> client.observe(new LockReleased(name, released.token(), client.since(released.since()))));
            Tenure held = released.tenure();
            if (isWanted() && held.handOver()) {
                deliver(held, true);
            } else {
                held.leave();
            }
        });
    }

    /** The deadline has passed without a renewal. No effect if it has been extended or given up meanwhile. */
    void expired(Tenure late) {
        transition(() -> {
            if (late.remaining().isZero()) {
                lose(late, "no renewal succeeded within the TTL of " + client.options.ttl());
            }
        });
    }

    /** Under the guard: it is not ours any more. */
    void lose(Tenure losing, String reason) {
        if (tenure == losing && losing.isHeld()) {
            tenure = null;
            losing.lost();
            drop(reason, () -> transition(losing::leave));
            advance();
        }
    }

    /**
     * Takes the possession from its holder, and does {@code then} when the holder's {@code onLost} actions are through:
     * what the store may still have is not given away before they have run.
     */
    private void drop(String reason, Runnable then) {
        Possession losing = possession;
        if (losing == null) {
            effect(then);
            return;
        }
        possession = null;
        List<Runnable> actions = losing.lose(reason);
        effect(() -> {
            log.warn(
                    "Lost lock '{}' token={} after {}: {}. Its holder must stop; writes with this token are refused "
                            + "wherever a fence is checked",
                    label(),
                    losing.token(),
                    client.since(losing.since()),
                    reason);
            if (actions.isEmpty()) {
                then.run();
            } else {
                runCallback(() -> {
                    actions.forEach(this::runLogged);
                    then.run();
                });
            }
            client.observe(new LockLost(name, losing.token(), reason));
        });
    }

    private void runCallback(Runnable callback) {
        try {
            client.runtime.callbacks().execute(callback);
        } catch (RejectedExecutionException clientClosed) {
            callback.run(); // no timer or I/O runs any more: this is a caller's own thread
        }
    }

    private void runLogged(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            log.error("An onLost action of lock '{}' failed", label(), e);
        }
    }

    private void deliver(Tenure held, boolean handedOver) {
        Waiter next = waiters.poll();
        if (next == null) {
            held.leave();
            return;
        }
        Possession given = new Possession(held, held.token(), client.now());
        possession = given;
        effect(() -> client.observe(new LockAcquired(name, given.token(), client.since(next.startedAt()), handedOver)));
        effect(() -> next.acquired(new LockHold(this, given)));
        refusedForNow();
    }

    // ---- moving on --------------------------------------------------------------------------------------------------

    private void advance() {
        Tenure now = tenure;
        if (now != null) {
            now.reconsider();
        } else if (isWanted()) {
            if (heldBack) {
                return;
            }
            Tenure next = new Tenure(this, client);
            tenure = next;
            next.ask();
        } else if (!heldBack || closing) {
            retired = true;
            effect(() -> {
                client.retired(this);
                ended.complete(null);
            });
        }
    }

    /** The client closes: nobody waits any more. */
    void endWaits() {
        transition(() -> {
            waiters.dismissAll(waiter -> effect(() -> waiter.failed(closedWhileWaiting())));
            closing = true;
        });
    }

    /** The client closes: nobody waits or holds any more. The future completes when the store knows. */
    CompletableFuture<Void> shutDown() {
        endWaits();
        transition(() -> {
            Tenure now = tenure;
            if (now != null && now.isHeld()) {
                now.lost();
                drop("the lock client was closed", () -> transition(now::leave));
            } else if (!retired) {
                advance();
            }
        });
        return ended;
    }

    private IllegalStateException closedWhileWaiting() {
        return new IllegalStateException("Lock client was closed while waiting for '" + name + "'");
    }
}
