package io.coordkit.samples.inventory;

import com.google.protobuf.InvalidProtocolBufferException;
import io.coordkit.Coordkit;
import io.coordkit.lock.LockTimeoutException;
import io.coordkit.lock.MultiHold;
import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.ReserveRequest;
import io.coordkit.samples.service.IdJournal;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before the guarded participant: for a try it takes the locks of all its products, or none,
 * before the guard opens its local transaction, and gives them back after. Confirm and cancel pass through, without any
 * lock.
 *
 * <p>A lock that stays busy is a refusal with a reason. A lock store that does not answer is no answer: the coordinator
 * asks again until its deadline. A repeat of a try that is still at work joins it. Thread-safe.
 */
final class ReservingTry implements BranchEndpoint {
    /** The tag of the ids of reservation rows. */
    static final String ID_TAG = "reservation";

    private static final int THREADS = 32;

    private final Coordkit kit;
    private final IdJournal journal;
    private final Duration lockWait;
    private final BranchEndpoint guarded;
    private final ConcurrentMap<BranchKey, TryAtWork> atWork;
    private final ConcurrentMap<BranchKey, CompletableFuture<BranchReply>> inFlight = new ConcurrentHashMap<>();
    private final ExecutorService threads;

    /**
     * @param lockWait how long to wait for all products
     * @param guarded the participant behind its guard
     * @param atWork where the participant finds what its try brought along
     */
    ReservingTry(
            Coordkit kit,
            IdJournal journal,
            Duration lockWait,
            BranchEndpoint guarded,
            ConcurrentMap<BranchKey, TryAtWork> atWork) {
        this.kit = kit;
        this.journal = journal;
        this.lockWait = lockWait;
        this.guarded = guarded;
        this.atWork = atWork;
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "inventory-try-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        if (call.operation() != Operation.TRY && call.operation() != Operation.CAN_COMMIT) {
            return guarded.call(call);
        }
        CompletableFuture<BranchReply> mine = new CompletableFuture<>();
        CompletableFuture<BranchReply> earlier = inFlight.putIfAbsent(BranchKey.of(call), mine);
        if (earlier != null) {
            return earlier;
        }
        var unusedCleared = mine.whenComplete((reply, failure) -> inFlight.remove(BranchKey.of(call), mine));
        try {
            threads.execute(() -> answer(call, mine));
        } catch (RejectedExecutionException e) {
            mine.completeExceptionally(e);
        }
        return mine;
    }

    private void answer(BranchCall call, CompletableFuture<BranchReply> promise) {
        try {
            promise.complete(reserve(call));
        } catch (ExecutionException e) {
            promise.completeExceptionally(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            promise.completeExceptionally(e);
        } catch (RuntimeException e) {
            promise.completeExceptionally(e);
        }
    }

    private BranchReply reserve(BranchCall call) throws InterruptedException, ExecutionException {
        List<Line> lines;
        try {
            lines = ReserveRequest.parseFrom(call.payload().toByteArray()).getLinesList();
        } catch (InvalidProtocolBufferException e) {
            return refused("the payload is no ReserveRequest: " + e.getMessage());
        }
        if (lines.isEmpty()) {
            return refused("the ReserveRequest has no lines");
        }
        Map<String, Long> ids = issueIds(lines);
        List<String> locks =
                lines.stream().map(line -> TryAtWork.lockOf(line.getSku())).toList();
        try (MultiHold holds = kit.locks().multiLock(locks).acquire(lockWait)) {
            atWork.put(BranchKey.of(call), new TryAtWork(holds, ids));
            return guarded.call(call).toCompletableFuture().get();
        } catch (LockTimeoutException e) {
            return refused("busy: " + e.lockName() + " stayed locked by others for " + lockWait.toSeconds() + " s");
        } finally {
            atWork.remove(BranchKey.of(call));
        }
    }

    private Map<String, Long> issueIds(List<Line> lines) {
        long[] ids = new long[lines.size()];
        kit.ids(ID_TAG).fill(ids);
        journal.record(ID_TAG, ids);
        Map<String, Long> bySku = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            bySku.put(lines.get(i).getSku(), ids[i]);
        }
        return bySku;
    }

    private static BranchReply refused(String reason) {
        return new BranchReply.Refused(BranchReply.Code.BUSINESS, reason);
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(lockWait.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
