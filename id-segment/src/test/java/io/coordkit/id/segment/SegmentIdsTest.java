package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.observe.CoordEvent;
import io.coordkit.testkit.TooLate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegmentIdsTest {
    private static final Duration ENDLESS = Duration.ofHours(1);
    /** Without a runway: the next range is fetched at the middle of the last. */
    private static final SegmentOptions OPTIONS = SegmentOptions.DEFAULTS.withRunway(Duration.ZERO);

    private final ScriptedAllocator allocator = new ScriptedAllocator(10);
    private final List<CoordEvent> events = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private IdGenerator ids = generator(ENDLESS);

    private IdGenerator generator(Duration patience) {
        return SegmentIds.over("order", allocator, OPTIONS.withPatience(patience), events::add);
    }

    @AfterEach
    void close() {
        allocator.gate.release(1000);
        ids.close();
        threads.shutdownNow();
    }

    @Test
    void nothingIsFetched_beforeTheFirstId() {
        assertThat(allocator.calls).hasValue(0);
    }

    @Test
    void nextRangeIsFetched_whenHalfIsGone() throws Exception {
        take(5);
        assertThat(allocator.calls).hasValue(1);

        take(1);
        await(() -> allocator.calls.get() == 2);
        take(4);
        assertThat(allocator.calls).hasValue(2);
    }

    @Test
    void fillAcrossTheMiddle_fetchesToo() throws Exception {
        ids.fill(new long[8]);

        await(() -> allocator.calls.get() == 2);
    }

    @Test
    void idsAreDense_acrossRanges() {
        long[] filled = new long[25];
        ids.fill(filled);

        assertThat(filled).containsExactly(LongStream.rangeClosed(1, 25).toArray());
        assertThat(take(10)).containsExactly(LongStream.rangeClosed(26, 35).toArray());
    }

    @Test
    void failuresAreNotNoticed_whileIdsAreLeft() throws Exception {
        take(1);
        allocator.failuresToCome.set(3);
        take(9);

        await(() -> allocator.calls.get() >= 5);
        assertThat(take(3)).containsExactly(11, 12, 13);
    }

    @Test
    void dryCaller_isRefusedInTime_withTheAllocatorsReason() throws Exception {
        ids = generator(Duration.ofSeconds(2));
        take(1);
        allocator.failuresToCome.set(Integer.MAX_VALUE);
        take(9);
        await(() -> allocator.calls.get() >= 3);
        events.clear();

        assertThatThrownBy(ids::next)
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContaining("PT2S")
                .hasMessageContaining("the store is down")
                .hasRootCauseMessage("Ids 'order': the store is down");
        assertThat(stalls()).hasSize(1);
    }

    @Test
    void dryCallers_shareOneFetch_andGoOnWhenItAnswers() throws Exception {
        allocator.gate.drainPermits();
        List<CompletableFuture<Long>> callers =
                Stream.generate(() -> async(ids::next)).limit(8).toList();
        await(() -> allocator.gate.hasQueuedThreads());
        assertThat(allocator.gate.getQueueLength()).isEqualTo(1);

        allocator.gate.release(1000);

        for (CompletableFuture<Long> caller : callers) {
            assertThat(caller.get(60, TimeUnit.SECONDS)).isBetween(1L, 8L);
        }
        assertThat(events).contains(firstRange());
        assertThat(stalls()).isNotEmpty().allMatch(stall -> stall.tag().equals("order"));
    }

    @Test
    void allocatorThatGoesBack_isNotBelieved() throws Exception {
        take(10);
        await(() -> events.stream()
                        .filter(CoordEvent.IdRangeAllocated.class::isInstance)
                        .count()
                == 2);
        allocator.nextFrom.set(1);
        take(10);

        // The third call gives 1 to 10 again, the fourth 11 to 20; the fifth is new.
        assertThat(ids.next()).isEqualTo(21);
        assertThat(allocator.calls.get()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void defectOfTheAllocator_isHandedToTheCallerAtOnce_andNotToTheNext() {
        allocator.defectsToCome.set(1);

        assertThatThrownBy(ids::next).isInstanceOf(IdUnavailableException.class).hasRootCauseMessage("a defect");
        assertThat(ids.next()).isEqualTo(1);
    }

    @Test
    void close_refusesTheWaiting_andLeavesTheAllocatorOpen() throws Exception {
        allocator.gate.drainPermits();
        CompletableFuture<Long> caller = async(ids::next);
        await(() -> allocator.gate.hasQueuedThreads());

        CompletableFuture<Void> closing = CompletableFuture.runAsync(ids::close, threads);

        assertThatThrownBy(() -> caller.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(IdUnavailableException.class)
                .hasMessageContaining("closed");
        closing.get(60, TimeUnit.SECONDS);
        assertThat(allocator.closed).isFalse();
    }

    @Test
    void interruptEndsAWait_andStays() throws Exception {
        allocator.gate.drainPermits();
        AtomicBoolean interrupted = new AtomicBoolean();

        CompletableFuture<Long> caller = async(() -> {
            Thread.currentThread().interrupt();
            try {
                return ids.next();
            } finally {
                interrupted.set(Thread.interrupted());
            }
        });

        assertThatThrownBy(() -> caller.get(60, TimeUnit.SECONDS)).hasRootCauseInstanceOf(IdUnavailableException.class);
        assertThat(interrupted).isTrue();
    }

    @Test
    void lastIdsOfAll_areIssued_andNothingAfterThem() {
        allocator.nextFrom.set(Long.MAX_VALUE - 10);

        assertThat(take(10)).endsWith(Long.MAX_VALUE - 1).isSorted();
        assertThatThrownBy(ids::next).isInstanceOf(IdUnavailableException.class);
        assertThatThrownBy(() -> ids.fill(new long[1000])).isInstanceOf(IdUnavailableException.class);
    }

    @Test
    void observerThatFails_harmsNobody() {
        IdGenerator watched = SegmentIds.over("order", allocator, OPTIONS, event -> {
            throw new IllegalStateException("observer");
        });

        assertThat(watched.next()).isPositive();
        watched.close();
    }

    @Test
    void close_givesTheRestBack_theNewestFirst() throws Exception {
        take(6);
        await(() -> allocator.calls.get() == 2);

        ids.close();

        assertThat(allocator.back).containsExactly(new IdRange(11, 21), new IdRange(7, 11));
        assertThat(generator(ENDLESS).next()).isEqualTo(7);
    }

    @Test
    void close_givesBackNothing_behindWhichOthersHaveARange() {
        take(2);
        allocator.allocate("order");

        ids.close();

        assertThat(allocator.back).isEmpty();
    }

    @Test
    void close_doesNotMind_whenTheStoreIsDown() {
        take(2);
        allocator.failuresToCome.set(1);

        ids.close();

        assertThat(allocator.back).isEmpty();
        assertThat(generator(ENDLESS).next()).isEqualTo(11);
    }

    @Test
    void rangeThatComesWhileClosing_goesBackToo() throws Exception {
        take(5);
        allocator.gate.drainPermits();
        take(1);
        await(() -> allocator.gate.hasQueuedThreads());

        CompletableFuture<Void> closing = CompletableFuture.runAsync(ids::close, threads);
        await(() -> refuses(ids));
        allocator.gate.release(1000);
        closing.get(60, TimeUnit.SECONDS);

        assertThat(allocator.back).first().isEqualTo(new IdRange(11, 21));
    }

    @Test
    void strictOrder_andRangesThatDoNotAscend_areRefused() {
        allocator.guarantees.clear();

        assertThatThrownBy(() -> generator(ENDLESS))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("'order'", "several databases", "STRIPED");
    }

    private static boolean refuses(IdGenerator generator) {
        try {
            generator.next();
            return false;
        } catch (IdUnavailableException e) {
            return true;
        }
    }

    private long[] take(int count) {
        return LongStream.generate(ids::next).limit(count).toArray();
    }

    private <T> CompletableFuture<T> async(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, threads);
    }

    private CoordEvent firstRange() {
        return events.stream()
                .filter(event -> event instanceof CoordEvent.IdRangeAllocated range && range.from() == 1)
                .filter(event -> event instanceof CoordEvent.IdRangeAllocated range && range.to() == 11)
                .findFirst()
                .orElseThrow();
    }

    private List<CoordEvent.IdStalled> stalls() {
        return events.stream()
                .filter(CoordEvent.IdStalled.class::isInstance)
                .map(CoordEvent.IdStalled.class::cast)
                .toList();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            TooLate.check(giveUp, "in time");
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }
}
