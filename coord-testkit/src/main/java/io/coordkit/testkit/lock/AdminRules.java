package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockAdmin;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockLostException;
import io.coordkit.lock.LockStatus;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.spi.LockBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What operators see of locks, and how they take them away. */
abstract class AdminRules extends SharedRules {
    private static final String REASON = "host web-1 is being taken down";

    /** How far the clocks of a store and this process may be apart. */
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    /** Whether this backend's store cannot tell who holds a lock; operators must be told so then. */
    private boolean cannotTell() {
        LockBackend backend = backend();
        if (backend.admin().isPresent()) {
            return false;
        }
        assertThatThrownBy(client(LONG_TTL)::admin)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(backend.guarantees().backend());
        return true;
    }

    @Test
    void L45_inspectionTellsWhoHoldsAndHowManyWait() throws Exception {
        if (cannotTell()) {
            return;
        }
        LockAdmin admin = client(LONG_TTL).admin();
        assertThat(admin.inspect(name)).as("of a free lock").isEmpty();
        Instant before = Instant.now();
        try (Hold hold = client(LONG_TTL).mutex(name).acquire(patience())) {
            LockStatus status = admin.inspect(name).orElseThrow();
            assertThat(status.name()).isEqualTo(name);
            assertThat(status.grant()).isEqualTo(hold.token() >> 10);
            assertThat(status.leastToken()).isEqualTo(hold.token());
            assertThat(status.holder())
                    .as("who names this process")
                    .contains("." + ProcessHandle.current().pid() + ".");
            assertThat(status.waiters()).isZero();
            assertThat(status.revoked()).isFalse();
            status.since()
                    .ifPresent(since -> assertThat(since)
                            .isBetween(
                                    before.minus(CLOCKS),
                                    before.plus(patience()).plus(CLOCKS)));
            status.left().ifPresent(left -> assertThat(left).isBetween(Duration.ZERO, LONG_TTL));

            for (int waiters = 1; waiters <= 2; waiters++) {
                DelegatingBackend wire = new DelegatingBackend(openBackend());
                CountDownLatch queued = new CountDownLatch(1);
                wire.onPending(candidacy -> queued.countDown());
                var unused = client(wire, LONG_TTL).mutex(name).acquireAsync(patience());
                assertThat(comes(queued, patience())).as("it waits").isTrue();
                LockStatus now = admin.inspect(name).orElseThrow();
                assertThat(now.waiters()).isEqualTo(waiters);
                assertThat(now.holder()).isEqualTo(status.holder());
            }
        }
    }

    @Test
    void L46_theListHasTheNamesInUseThatBeginLikeThat() throws Exception {
        if (cannotTell()) {
            return;
        }
        LockClient client = client(LONG_TTL);
        LockAdmin admin = client(LONG_TTL).admin();
        List<String> used = List.of(name + "*[a]?", name + "*[a]?/\u00e4 {x}", name + "\\");
        for (String each : used) {
            client.mutex(each).acquire(patience());
        }
        client.mutex(name + "free").acquire(patience()).close();
        client.close(); // which waits until that is free
        LockClient other = client(LONG_TTL);
        for (String each : used) {
            other.mutex(each).acquire(patience());
        }
        assertThat(admin.list(name, 100))
                .containsExactlyElementsOf(used.stream().sorted().toList());
        assertThat(admin.list(name + "*", 100)).containsExactlyElementsOf(used.subList(0, 2));
        assertThat(admin.list(name + "\\", 100)).containsExactly(name + "\\");
        assertThat(admin.list(name, 2)).hasSize(2).isSubsetOf(used);
        assertThat(admin.list("", LockAdmin.MOST_NAMES)).containsAll(used);
    }

    @Test
    void L47_aForcedReleaseLetsTheHolderKnowBeforeAnybodyElseIsLetIn() throws Exception {
        if (cannotTell()) {
            return;
        }
        LockClient holding = client(shortTtl());
        Hold hold = holding.mutex(name).acquire(patience());
        Hold beside = holding.mutex(name + ":beside").acquire(patience());
        CountDownLatch lost = new CountDownLatch(1);
        hold.onLost(lost::countDown);
        CompletableFuture<Boolean> toldFirst = client(shortTtl())
                .mutex(name)
                .acquireAsync(patience())
                .thenApply(next -> {
                    boolean told = lost.getCount() == 0;
                    assertThat(next.token()).isGreaterThan(hold.token());
                    next.close();
                    return told;
                });
        LockAdmin admin = client(LONG_TTL).admin();
        LockStatus was = admin.forceRelease(name, REASON).orElseThrow();
        assertThat(was.leastToken()).isLessThanOrEqualTo(hold.token());
        assertThat(toldFirst.get(patience().toMillis(), TimeUnit.MILLISECONDS))
                .as("the holder was told first")
                .isTrue();
        assertThatThrownBy(hold::check).isInstanceOf(LockLostException.class).hasMessageContaining(REASON);
        hold.close();
        TimeUnit.MILLISECONDS.sleep(shortTtl().toMillis());
        beside.check();
        assertThat(admin.inspect(name + ":beside")).isPresent();
        assertThat(admin.inspect(name)).isEmpty();
    }

    @Test
    void L48_anImmediateReleaseLetsTheNextInAndTellsTheHolderAtItsRenewal() throws Exception {
        if (cannotTell()) {
            return;
        }
        Hold hold = client(shortTtl()).mutex(name).acquire(patience());
        CountDownLatch lost = new CountDownLatch(1);
        hold.onLost(lost::countDown);
        Mutex other = client(LONG_TTL).mutex(name);
        CompletableFuture<Hold> waiting = other.acquireAsync(patience());
        LockAdmin admin = client(LONG_TTL).admin();
        assertThat(admin.forceReleaseImmediately(name, REASON)).isPresent();
        Hold next = waiting.get(patience().toMillis(), TimeUnit.MILLISECONDS);
        assertThat(next.token()).isGreaterThan(hold.token());
        assertThat(comes(lost, patience())).as("onLost").isTrue();
        assertThatThrownBy(hold::check).isInstanceOf(LockLostException.class);
        hold.close();
        next.check();
        assertThat(admin.inspect(name).orElseThrow().grant()).isEqualTo(next.token() >> 10);
        next.close();
    }

    @Test
    void L49_whatCannotBeTakenAwayOrAskedForIsSaid() throws Exception {
        if (cannotTell()) {
            return;
        }
        LockAdmin admin = client(LONG_TTL).admin();
        assertThat(admin.forceRelease(name, REASON)).as("of a free lock").isEmpty();
        assertThat(admin.forceReleaseImmediately(name, REASON))
                .as("of a free lock")
                .isEmpty();
        for (String reason : List.of("", "  ", "x".repeat(201), "line\nend")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> admin.forceRelease(name, reason))
                    .withMessageContaining("reason");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> admin.forceReleaseImmediately(name, reason))
                    .withMessageContaining("reason");
        }
        for (int limit : List.of(0, -1, LockAdmin.MOST_NAMES + 1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> admin.list("", limit))
                    .withMessageContaining("limit")
                    .withMessageContaining(Integer.toString(limit));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> admin.inspect(""));
    }
}
