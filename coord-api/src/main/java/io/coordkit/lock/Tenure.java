package io.coordkit.lock;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.Renewal;
import io.coordkit.observe.CoordEvent.LockCallFailed;
import io.coordkit.time.Scheduler.Scheduled;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidacy from standing to leaving: asking until granted, the deadline while held, leaving until the store has
 * acknowledged it or must have forgotten it.
 *
 * <p>All methods run under the {@link NamedLock}'s guard, except {@link #remaining} and those that say otherwise.
 *
 * <p>The deadline counts from before the request or renewal was sent, on the monotonic clock, and is shortened by what
 * the two clocks may drift apart meanwhile (1 % and 2 ms, as in the Redlock description): it passes here before it
 * passes at the store.
 */
final class Tenure {
    private static final Logger log = LoggerFactory.getLogger(Tenure.class);
    static final int HAND_OVER_BITS = 10;

    private enum State {
        ASKING,
        PENDING,
        HELD,
        LOST,
        LEAVING,
        GONE
    }

    private final NamedLock lock;
    private final StandardLockClient client;
    private final Candidacy candidacy;
    private final Trouble trouble;
    private final CompletableFuture<Void> leaveAnswered = new CompletableFuture<>();

    private State state = State.ASKING;
    private boolean wokenWhileAsking;
    private @Nullable Scheduled retry;
    private long forgottenAt;

    private long grant;
    private int handOvers;
    private long grantedAt;
    private volatile long deadline;
    private long renewedAt;

    Tenure(NamedLock lock, StandardLockClient client) {
        this.lock = lock;
        this.client = client;
        this.trouble = new Trouble(client.options.ttl());
        this.candidacy = lock.id().stand(client.backend, client.options.ttl(), () -> lock.transition(this::wake));
    }

    Candidacy candidacy() {
        return candidacy;
    }

    Trouble trouble() {
        return trouble;
    }

    boolean isPending() {
        return state == State.PENDING && trouble.failure() == null;
    }

    boolean isHeld() {
        return state == State.HELD;
    }

    // ---- asking -----------------------------------------------------------------------------------------------------

    void ask() {
        cancelRetry();
        state = State.ASKING;
        wokenWhileAsking = false;
        long sentAt = client.now();
        outlive(sentAt);
        lock.effect(() -> {
            var unused = StandardLockClient.ask(candidacy::request)
                    .whenComplete((answer, error) -> lock.transition(() -> onAnswer(sentAt, answer, error)));
        });
    }

    private void wake() {
        if (state == State.PENDING) {
            ask();
        } else if (state == State.ASKING) {
            wokenWhileAsking = true;
        }
    }

    private void onAnswer(long sentAt, @Nullable Answer answer, @Nullable Throwable error) {
        if (answer instanceof Answer.Granted granted) {
            grant = granted.grant();
            grantedAt = sentAt;
            renewedAt = sentAt;
            deadline = deadline(sentAt, granted.validFor());
            if (remaining().isZero()) {
                requestFailed(tooLate(sentAt, granted.validFor()));
                return;
            }
            trouble.answered();
            state = State.HELD;
            client.watchdog.watch(this);
            lock.granted(this);
        } else if (answer instanceof Answer.Pending pending) {
            trouble.answered();
            lock.refusedForNow();
            if (wokenWhileAsking && lock.isWanted()) {
                ask();
            } else {
                askLater(pending.retryAfter());
            }
        } else {
            requestFailed(orNoAnswer(error));
        }
    }

    private void requestFailed(Throwable error) {
        failed("request", error);
        lock.unreachable(String.valueOf(trouble.describe()), trouble.failure());
        askLater(trouble.backoff());
    }

    private void askLater(Duration delay) {
        state = State.PENDING;
        if (!lock.isWanted()) {
            leave();
            return;
        }
        retry = client.runtime.scheduler().schedule(delay, () -> lock.transition(this::wake));
    }

    /** The waiters have changed: a tenure that nobody wants leaves. */
    void reconsider() {
        if (state == State.PENDING && !lock.isWanted()) {
            leave();
        }
    }

    // ---- holding ----------------------------------------------------------------------------------------------------

    long token() {
        return (grant << HAND_OVER_BITS) | handOvers;
    }

    /** How long it is certain to be ours; readable without the guard. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline - client.now()));
    }

    /** Counts one more local hand-over, if it may be made. */
    boolean handOver() {
        Duration ttl = client.options.ttl();
        boolean may = handOvers < client.options.handOvers()
                && client.since(grantedAt).compareTo(ttl) < 0
                && remaining().compareTo(ttl.dividedBy(4)) > 0;
        if (may) {
            handOvers++;
        }
        return may;
    }

    /** Called without the guard: whether a renewal is due, which is then counted as sent at {@code now}. */
    boolean claimRenewal(long now, Duration interval) {
        boolean[] due = new boolean[1];
        lock.transition(() -> {
            due[0] = state == State.HELD && now - renewedAt >= interval.toNanos();
            if (due[0]) {
                renewedAt = now;
                outlive(now);
            }
        });
        return due[0];
    }

    /** Called without the guard: the store's answer to a renewal. */
    void renewed(long sentAt, @Nullable Renewal renewal, @Nullable Throwable error) {
        lock.transition(() -> {
            if (state == State.HELD) {
                onRenewal(sentAt, renewal, error);
            }
        });
    }

    /** Called without the guard: declares the loss if the deadline has passed by now. */
    void expireIfLate() {
        lock.expired(this);
    }

    private void onRenewal(long sentAt, @Nullable Renewal renewal, @Nullable Throwable error) {
        if (renewal instanceof Renewal.Extended extended) {
            trouble.answered();
            long extendedTo = deadline(sentAt, extended.validFor());
            if (extendedTo - deadline > 0) {
                deadline = extendedTo;
            }
        } else if (renewal instanceof Renewal.Gone gone) {
            lock.lose(this, gone.reason());
        } else {
            renewedAt = sentAt - client.options.ttl().toNanos(); // due again at the next tick
            failed("renew", orNoAnswer(error));
        }
    }

    private long deadline(long sentAt, Duration validFor) {
        return sentAt + validFor.minus(drift(validFor)).toNanos();
    }

    private static Duration drift(Duration ttl) {
        return ttl.dividedBy(100).plusMillis(2);
    }

    // ---- leaving ----------------------------------------------------------------------------------------------------

    /** It is not ours any more, though the store may not know: it is renewed no more, and must still leave. */
    void lost() {
        state = State.LOST;
        client.watchdog.unwatch(this);
    }

    void leave() {
        if (state == State.LEAVING || state == State.GONE) {
            return;
        }
        cancelRetry();
        client.watchdog.unwatch(this);
        if (state == State.ASKING) {
            return; // the answer decides: an abandon that overtakes its request would leave the lock behind
        }
        state = State.LEAVING;
        lock.effect(this::abandon);
    }

    private void abandon() {
        var unused = StandardLockClient.ask(candidacy::abandon)
                .whenComplete((done, error) -> lock.transition(() -> onAbandoned(error)));
    }

    boolean isLeaving() {
        return state == State.LEAVING;
    }

    /** Completes when the store has first answered to its leaving, or failed to. */
    CompletableFuture<Void> leaveAnswered() {
        return leaveAnswered;
    }

    private void onAbandoned(@Nullable Throwable error) {
        lock.effect(() -> leaveAnswered.complete(null));
        if (error != null) {
            failed("abandon", error);
            if (client.now() - forgottenAt < 0) {
                lock.unreachable("its last release is not acknowledged: " + error.getMessage(), error);
                retry = client.runtime.scheduler().schedule(trouble.backoff(), this::abandon);
                return;
            }
            lock.effect(() -> log.warn(
                    "The store never acknowledged the release of lock '{}'; it has expired there by now",
                    lock.label()));
        }
        state = State.GONE;
        lock.left(this);
    }

    // ---- trouble ----------------------------------------------------------------------------------------------------

    private void outlive(long sentAt) {
        Duration ttl = client.options.ttl();
        forgottenAt = sentAt + ttl.plus(drift(ttl)).toNanos();
    }

    private void failed(String call, Throwable error) {
        trouble.failed(error);
        String message = String.valueOf(error.getMessage());
        boolean first = trouble.isFirst();
        lock.effect(() -> {
            if (first) {
                log.warn(
                        "Lock '{}': {} failed ({}); it is repeated{}",
                        lock.label(),
                        call,
                        message,
                        call.equals("renew") ? ", the hold stays valid for another " + remaining() : "");
            }
            client.observe(new LockCallFailed(lock.name(), call, message));
        });
    }

    private Throwable tooLate(long sentAt, Duration validFor) {
        return new IllegalStateException("the grant came " + client.since(sentAt) + " after it was asked for, and was"
                + " valid for " + validFor + ": the TTL of " + client.options.ttl() + " is shorter than the round trip,"
                + " or this process was paused; set a TTL of several round trips");
    }

    private static Throwable orNoAnswer(@Nullable Throwable error) {
        return error == null ? new IllegalStateException("the backend gave no answer") : error;
    }

    private void cancelRetry() {
        Scheduled pending = retry;
        if (pending != null) {
            pending.cancel();
            retry = null;
        }
    }
}
