package io.coordkit.lock.redlock;

import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.ClientNames;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Candidacies that a majority of independent nodes votes for. */
final class RedlockLockBackend implements LockBackend {
    private static final Logger log = LoggerFactory.getLogger(RedlockLockBackend.class);
    private static final int RENEWALS_PER_CALL = 500;
    private static final long LIMIT = 1L << 53;
    private static final LockGuarantees GUARANTEES = new LockGuarantees(
            "redlock",
            Map.of(
                    LockGuarantee.FENCED,
                    "while nodes keep their data; else as after data loss",
                    LockGuarantee.FENCED_AFTER_DATA_LOSS,
                    "if the clients' clocks differ by less than the max TTL, less the node timeout",
                    LockGuarantee.SURVIVES_NODE_LOSS,
                    "if servers' clocks are not set, and run as fast as the clients' within one per cent; of 2k + 1"
                            + " nodes k may be lost, and those that come back wait for the max TTL"));

    private final RedlockNodes nodes;
    private final RedlockOptions options;
    private final InstantSource clock;
    private final LongSupplier ticker;
    private final String client = ClientNames.next();
    private final AtomicLong candidates = new AtomicLong();
    private final AtomicLong highest = new AtomicLong();
    private final RedlockWakeups wakeups;
    private final Map<Long, CompletableFuture<?>> leaving = new ConcurrentHashMap<>();
    private final AtomicLong leavings = new AtomicLong();

    /**
     * @param nodes opened; closed with this
     * @param clock where proposals come from
     */
    RedlockLockBackend(RedlockNodes nodes, RedlockOptions options, InstantSource clock, LongSupplier ticker) {
        this.nodes = nodes;
        this.options = options;
        this.clock = clock;
        this.ticker = ticker;
        this.wakeups = new RedlockWakeups(nodes.all(), client);
    }

    @Override
    public LockGuarantees guarantees() {
        return GUARANTEES;
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return new RedlockCandidacy(this, name, client + ":" + candidates.incrementAndGet(), ttl, wake);
    }

    List<RedlockNode> nodes() {
        return nodes.all();
    }

    RedlockOptions options() {
        return options;
    }

    RedlockWakeups wakeups() {
        return wakeups;
    }

    long now() {
        return ticker.getAsLong();
    }

    /** Whether so much time has passed since then that an answer does not count any more. */
    boolean isLate(long sentAt) {
        return now() - sentAt > options.nodeTimeout().toNanos();
    }

    /** A copy that fails when the node timeout is over; the call itself goes on. */
    <T> CompletableFuture<T> soon(CompletableFuture<T> call) {
        return call.copy().orTimeout(options.nodeTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A value that this client has not proposed before: its clock's microseconds, or above all values it knows of. */
    long proposal() {
        Instant now = clock.instant();
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
        long value = highest.updateAndGet(known -> Math.max(known + 1, micros));
        if (value >= LIMIT) {
            throw new IllegalStateException("a lock's value has reached 2^53: some client's clock was centuries ahead."
                    + " Delete the high-water marks ckr:*:h on all nodes");
        }
        return value;
    }

    /** Somebody has proposed that much. */
    void outbid(long highWater) {
        highest.accumulateAndGet(highWater, Math::max);
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        List<RedlockCandidacy> all =
                due.stream().map(RedlockCandidacy.class::cast).toList();
        List<CompletionStage<Renewal>> answers = new ArrayList<>();
        for (int from = 0; from < all.size(); from += RENEWALS_PER_CALL) {
            int to = Math.min(all.size(), from + RENEWALS_PER_CALL);
            answers.addAll(new RedlockRenewals(this, all.subList(from, to)).send());
        }
        return answers;
    }

    @Override
    public Optional<AdminBackend> admin() {
        return Optional.of(new RedlockAdmin(this));
    }

    /** Completes when a majority of the nodes has carried out its call; exceptionally when that stays unknown. */
    CompletionStage<Void> majority(List<CompletableFuture<?>> calls) {
        Tally tally = new Tally(nodes().size());
        for (int i = 0; i < calls.size(); i++) {
            RedlockNode node = nodes().get(i);
            var unused = soon(calls.get(i)).whenComplete((reply, failure) -> {
                if (failure == null) {
                    tally.done();
                } else {
                    tally.unknown(node, RedlockNode.describe(failure));
                }
            });
        }
        return tally.verdict().thenAccept(refusal -> {});
    }

    /** Closing waits for this call, by which a candidate takes back a vote: its node may be slower than the majority. */
    <T> CompletableFuture<T> leaving(CompletableFuture<T> call) {
        long number = leavings.incrementAndGet();
        leaving.put(number, call);
        var unused = call.whenComplete((answer, failure) -> leaving.remove(number));
        return call;
    }

    /** A node that hangs is not waited for longer than the node timeout: it forgets its votes by their TTL. */
    private void awaitLeaving() {
        try {
            CompletableFuture.allOf(leaving.values().toArray(CompletableFuture<?>[]::new))
                    .get(options.nodeTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException someHaveNotAnswered) {
            log.debug("Some votes were not taken back at the close and stay for their TTL: {}", leaving.size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        awaitLeaving();
        if (!nodes.areOwned()) { // connections that end end their subscriptions
            wakeups.close();
        }
        nodes.close();
    }
}
