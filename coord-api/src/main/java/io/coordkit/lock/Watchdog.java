package io.coordkit.lock;

import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Renews every held lock of a client a third of the TTL after its last renewal, all that are due in one batch, and
 * declares the loss of those whose deadline passes. One timer for all: it ticks, four times per renewal interval, only
 * while something is held.
 */
final class Watchdog {
    private final StandardLockClient client;
    private final Duration tick;
    private final Duration interval;
    private final Set<Tenure> watched = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ticking = new AtomicBoolean();

    Watchdog(StandardLockClient client) {
        this.client = client;
        this.tick = client.options.ttl().dividedBy(12);
        // Half a tick less than a third, so that the tick nearest to the third finds it due.
        this.interval = client.options.ttl().dividedBy(3).minus(tick.dividedBy(2));
    }

    void watch(Tenure tenure) {
        watched.add(tenure);
        startTicking();
    }

    void unwatch(Tenure tenure) {
        watched.remove(tenure);
    }

    private void startTicking() {
        if (ticking.compareAndSet(false, true)) {
            client.runtime.scheduler().schedule(tick, this::tick);
        }
    }

    private void tick() {
        try {
            look(client.now());
        } finally { // whatever went wrong: without ticks there are neither renewals nor losses
            ticking.set(false);
            if (!watched.isEmpty()) {
                startTicking();
            }
        }
    }

    private void look(long now) {
        List<Tenure> due = new ArrayList<>();
        for (Tenure tenure : watched) {
            if (tenure.claimRenewal(now, interval)) {
                due.add(tenure);
            }
            Duration remaining = tenure.remaining();
            if (remaining.compareTo(tick) <= 0) {
                client.runtime.scheduler().schedule(remaining, tenure::expireIfLate);
            }
        }
        if (!due.isEmpty()) {
            renew(due, now);
        }
    }

    private void renew(List<Tenure> due, long sentAt) {
        List<CompletionStage<Renewal>> renewals;
        try {
            renewals = client.backend.renew(due.stream().map(Tenure::candidacy).toList());
        } catch (RuntimeException e) { // against its contract: an answer that failed, to each
            renewals = Collections.nCopies(due.size(), CompletableFuture.failedStage(e));
        }
        for (int i = 0; i < due.size(); i++) {
            Tenure tenure = due.get(i);
            var unused = renewals.get(i).whenComplete((renewal, error) -> tenure.renewed(sentAt, renewal, error));
        }
    }
}
