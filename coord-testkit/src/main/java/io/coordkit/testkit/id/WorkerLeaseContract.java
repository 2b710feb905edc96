package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLease;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerWindow;
import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.Crowd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every source of worker numbers must keep that has them from a store; the rules stand in {@code docs/contract.md}. A
 * source's test extends this class and says how to reach its store.
 *
 * <p>Everything is judged by the store's clock, so that a slow machine makes a rule slow and not false.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class WorkerLeaseContract {
    private static final int SOURCES = 3;
    private static final int THREADS_EACH = 4;
    private static final int STEPS_PER_WINDOW = 8;
    private static final int PATIENT_STEPS = 400;
    private static final int TRIES = 5;

    private final ConcurrentLinkedQueue<WorkerLeaseSource> opened = new ConcurrentLinkedQueue<>();
    private final String tag = "Contract:" + UUID.randomUUID();

    /** A new source on the store under test, the same store each time, as another process would open it. */
    protected abstract WorkerLeaseSource open();

    /** Deletes the record of a number, as a store does that loses its data. */
    protected abstract void forget(String tag, int worker) throws Exception;

    /** The window of the leases; longer where the store cannot do with so little. */
    protected Duration window() {
        return Duration.ofSeconds(1);
    }

    /** Lets that time pass, at the store too. */
    protected void letPass(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    private WorkerLeaseSource source() {
        WorkerLeaseSource source = open();
        opened.add(source);
        return source;
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(WorkerLeaseSource::close);
    }

    @Test
    final void I20_numberHasOneOwnerAtATime() throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < SOURCES; i++) {
            WorkerLeaseSource source = source();
            IntStream.range(0, THREADS_EACH)
                    .forEach(thread -> tasks.add(() -> source.acquire(tag, tasks.size(), Duration.ofMinutes(5))
                            .worker()));
        }

        assertThat(Crowd.run(tasks)).doesNotHaveDuplicates();
    }

    @Test
    final void I21_allNumbersCanBeHad_andNoMore() {
        WorkerLeaseSource source = source();
        Set<Integer> all = IntStream.range(0, 5)
                .mapToObj(i -> source.acquire(tag, 5, Duration.ofMinutes(5)).worker())
                .collect(Collectors.toSet());

        assertThat(all).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThatThrownBy(() -> source.acquire(tag, 5, Duration.ofMinutes(5)))
                .isInstanceOfSatisfying(
                        IdUnavailableException.class, e -> assertThat(e.tag()).isEqualTo(tag))
                .hasMessageContainingAll("all 5", source.guarantees().source());
    }

    @Test
    final void I22_numberIsGivenOutAgain_whenItsOwnersHaveDied() throws Exception {
        Instant reserved = acquireOnly(source()).window().until();
        for (int i = 0; i < 3; i++) {
            WorkerWindow next = awaitOnly(source()).window();
            assertThat(next.until()).isAfter(reserved);
            reserved = next.until();
        }
    }

    @Test
    final void I23_renewedNumberIsNotGivenAway() throws Exception {
        for (int i = 0; i < TRIES; i++) {
            WorkerLeaseSource owner = source();
            WorkerLease lease = awaitOnly(owner);
            Instant firstUntil = lease.window().until();
            letPass(window().dividedBy(2));
            WorkerWindow renewed = lease.renew();
            assertThat(renewed.until()).isAfter(firstUntil);
            if (refusedUntil(firstUntil, lease, renewed)) {
                return;
            }
            // The machine stood still for longer than a window: once more.
        }
        throw new AssertionError("in " + TRIES + " tries there was no time between two renewals");
    }

    /** Whether another source was refused at a time after that, and before the renewed window ended. */
    private boolean refusedUntil(Instant time, WorkerLease lease, WorkerWindow renewed) throws Exception {
        WorkerLeaseSource other = source();
        WorkerWindow now = renewed;
        while (!now.storeNow().isAfter(time)) {
            letPass(window().dividedBy(STEPS_PER_WINDOW));
            Optional<WorkerLease> taken = tryOnly(other);
            if (taken.isPresent()) {
                assertThat(taken.get().window().storeNow())
                        .as("given away before %s", now.until())
                        .isAfter(now.until());
                return false;
            }
            now = lease.renew();
        }
        return true;
    }

    @Test
    final void I24_windowsOfANumbersOwnersNeverOverlap() throws Exception {
        WorkerWindow first = acquireOnly(source()).window();
        WorkerWindow second = awaitOnly(source()).window();
        WorkerWindow third = awaitOnly(source()).window();

        assertThat(second.from()).isAfter(first.until());
        assertThat(third.from()).isAfter(second.until());
    }

    @Test
    final void I25_nothingIsReservedFurtherAheadThanTheWindow() throws Exception {
        WorkerLease lease = acquireOnly(source());
        WorkerWindow window = lease.window();
        for (int i = 0; i < STEPS_PER_WINDOW; i++) {
            assertThat(window.until()).isBeforeOrEqualTo(window.storeNow().plus(window()));
            letPass(window().dividedBy(STEPS_PER_WINDOW));
            WorkerWindow renewed = lease.renew();
            assertThat(renewed.until()).isAfterOrEqualTo(window.until());
            assertThat(lease.window()).isEqualTo(renewed);
            window = renewed;
        }
        assertThat(window.until()).isBeforeOrEqualTo(window.storeNow().plus(window()));
    }

    @Test
    final void I26_numberWithoutARecord_countsAsReservedForAWindow() {
        WorkerWindow window = acquireOnly(source()).window();

        assertThat(window.from()).isAfter(window.storeNow().plus(window()));
    }

    @Test
    final void I27_ownerLearnsAtItsNextRenewalThatItsNumberWasGivenAway() throws Exception {
        WorkerLease paused = acquireOnly(source());
        WorkerLease taken = awaitOnly(source());

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(paused::renew).isInstanceOfSatisfying(WorkerLeaseLostException.class, e -> {
                assertThat(e.tag()).isEqualTo(tag);
                assertThat(e.worker()).isEqualTo(taken.worker());
            });
        }
        assertThat(taken.renew().until()).isAfterOrEqualTo(taken.window().storeNow());
    }

    @Test
    final void I28_numberGivenBackIsFreeAtOnce_fromRightAfterItsLastUse() throws Exception {
        WorkerLease lease = acquireOnly(source());
        WorkerWindow window = lease.window();
        Instant usable = window.storeNow().plus(window()).plusMillis(20);
        while (!window.storeNow().isAfter(usable)) {
            letPass(window().dividedBy(STEPS_PER_WINDOW));
            window = lease.renew();
        }
        Instant lastUsed = window.storeNow().minusMillis(10);
        lease.release(lastUsed);
        lease.release(window.until());

        WorkerLease next = acquireOnly(source());
        assertThat(next.window().from()).isEqualTo(lastUsed.plusMillis(1));
        assertThatThrownBy(lease::renew).isInstanceOf(WorkerLeaseLostException.class);
    }

    @Test
    final void I29_whoGivesBackWhatIsLostLeavesTheNewOwnerAlone() throws Exception {
        WorkerLease paused = acquireOnly(source());
        WorkerLease taken = awaitOnly(source());
        paused.release(paused.window().storeNow());

        assertThat(taken.renew().until()).isAfterOrEqualTo(taken.window().storeNow());
    }

    @Test
    final void I30_tagsHaveNumbersOfTheirOwn() {
        WorkerLeaseSource source = source();
        String longest = tag + "t".repeat(127 - tag.length());

        for (String own : List.of(
                tag,
                tag.toLowerCase(Locale.ROOT),
                tag.toUpperCase(Locale.ROOT),
                longest + "1",
                longest + "2",
                tag + " '\"\\%_/{}\u0131\ud83c\udfb2",
                tag + "u",
                tag + "\u00fc")) {
            assertThat(source.acquire(own, 1, Duration.ofMinutes(5)).worker())
                    .as("tag '%s'", own)
                    .isZero();
        }
    }

    @Test
    final void I31_malformedTagAndValuesOutOfRangeAreRefused() {
        WorkerLeaseSource source = source();

        BadTags.assertRefused(malformed -> source.acquire(malformed, 1, window()));
        assertRefused(() -> source.acquire(tag, 0, window()), "workers", "was 0");
        assertRefused(() -> source.acquire(tag, 1, Duration.ofMillis(99)), "window", "PT0.099S");
        assertRefused(() -> source.acquire(tag, 1, Duration.ofHours(2)), "window", "PT2H");
    }

    private static void assertRefused(Callable<WorkerLease> call, String... named) {
        assertThatThrownBy(call::call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(named);
    }

    @Test
    final void I32_closedSourceGivesOutNothing_othersGoOn() {
        WorkerLeaseSource closed = source();
        WorkerLeaseSource other = source();
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.acquire(tag, 1, window()))
                .isInstanceOfSatisfying(
                        IdUnavailableException.class, e -> assertThat(e.tag()).isEqualTo(tag));
        assertThat(acquireOnly(other).worker()).isZero();
    }

    @Test
    final void I33_ownerThatComesLateKeepsANumberThatNobodyHasTaken() throws Exception {
        WorkerLease late = acquireOnly(source());
        WorkerWindow before = late.window();
        letPass(window().multipliedBy(2));
        WorkerWindow renewed = late.renew();

        assertThat(renewed.until()).isAfter(before.until());
        assertThat(renewed.from()).isEqualTo(before.from());
    }

    @Test
    final void I34_ownerWhoseRecordIsGone_mayUseNothingForAWindow() throws Exception {
        WorkerLease lease = acquireOnly(source());
        letPass(window().dividedBy(STEPS_PER_WINDOW));
        forget(tag, lease.worker());
        WorkerWindow renewed = lease.renew();

        assertThat(renewed.from()).isAfter(renewed.storeNow().plus(window()));
        tryOnly(source())
                .ifPresent(other -> assertThat(other.window().storeNow())
                        .as("the number is taken until %s", renewed.until())
                        .isAfter(renewed.until()));
    }

    /** Number 0, the only one. */
    private WorkerLease acquireOnly(WorkerLeaseSource source) {
        return source.acquire(tag, 1, window());
    }

    private Optional<WorkerLease> tryOnly(WorkerLeaseSource source) {
        try {
            return Optional.of(acquireOnly(source));
        } catch (IdUnavailableException taken) {
            return Optional.empty();
        }
    }

    /** Number 0, as soon as it is free. */
    private WorkerLease awaitOnly(WorkerLeaseSource source) throws InterruptedException {
        for (int i = 0; i < PATIENT_STEPS; i++) {
            Optional<WorkerLease> lease = tryOnly(source);
            if (lease.isPresent()) {
                return lease.get();
            }
            letPass(window().dividedBy(STEPS_PER_WINDOW));
        }
        return acquireOnly(source);
    }
}
