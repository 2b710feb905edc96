package io.coordkit.txn.twophase;

import io.coordkit.time.Scheduler;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.TxnOrigin;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through the branches that one database has prepared, now and then, and asks the logs what became of those of their
 * transactions that it has found twice. What the log has decided is done; what it has not, and cannot any more be
 * expected to, it decides against before it answers; the rest is left alone, as is all that others have prepared.
 */
final class InDoubtScan {
    private static final Logger log = LoggerFactory.getLogger(InDoubtScan.class);

    private final OpenDatabase database;
    private final Map<String, InquiryEndpoint> homes;
    private final Predicate<BranchXid> mine;
    private final Predicate<BranchXid> asks;
    private final Function<BranchXid, String> branchId;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Duration pause;
    /** What the last look has found, and when each was first found, by the scheduler's ticker. */
    private volatile Map<BranchXid, Long> before = Map.of();
    /** What is prepared here and the last look has not found. */
    private Set<BranchXid> ended = Set.of();

    /**
     * @param homes whom to ask, by the name of the log
     * @param mine which branches it is about, of all that the server lists
     * @param asks which of those to ask about
     * @param branchId what the log calls a branch
     */
    InDoubtScan(
            OpenDatabase database,
            Map<String, InquiryEndpoint> homes,
            Predicate<BranchXid> mine,
            Predicate<BranchXid> asks,
            Function<BranchXid, String> branchId,
            Scheduler scheduler,
            Executor threads,
            Duration pause) {
        this.database = database;
        this.homes = Map.copyOf(homes);
        this.mine = mine;
        this.asks = asks;
        this.branchId = branchId;
        this.scheduler = scheduler;
        this.threads = threads;
        this.pause = pause;
    }

    /** Begins at once. */
    void start() {
        threads.execute(this::scan);
    }

    private void scan() {
        try {
            database.meet(); // it may not have answered since the start
            Set<BranchXid> heldBefore = database.heldPrepared();
            Map<BranchXid, Long> last = before;
            Map<BranchXid, Long> now = new HashMap<>();
            database.inDoubt().stream()
                    .filter(mine)
                    .forEach(xid -> now.put(xid, last.getOrDefault(xid, scheduler.nanoTime())));
            before = Map.copyOf(now);
            releaseEnded(heldBefore, now.keySet());
            // What is new may just be on its way to the decision.
            List<BranchXid> waiting = now.keySet().stream()
                    .filter(xid -> last.containsKey(xid) && asks.test(xid))
                    .toList();
            waiting.stream().filter(xid -> !homes.containsKey(xid.home())).forEach(this::warnOfStrange);
            waiting.stream()
                    .filter(xid -> homes.containsKey(xid.home()))
                    // All are asked before any answer is waited for: one that does not come holds up nobody else.
                    .map(xid -> Map.entry(xid, ask(xid)))
                    .toList()
                    .forEach(asked -> settle(asked.getKey(), asked.getValue()));
        } catch (RuntimeException e) { // also a driver's own: it must not end more than this look
            log.warn("{}; looked through again in {}", e.getMessage(), pause);
        } finally {
            scheduler.schedule(pause, () -> threads.execute(this::scan));
        }
    }

    /** It was begun by an earlier start that knew more logs. */
    private void warnOfStrange(BranchXid xid) {
        log.warn(
                "{} has been in doubt in database '{}' for {} and keeps its locks: log '{}' decides, and only {} can be asked"
                        + " here; give the participant that asks(...)",
                xid,
                database.name(),
                age(before.getOrDefault(xid, scheduler.nanoTime())),
                xid.home(),
                homes.keySet());
    }

    /** Branches whose connection is here, and that somebody else has ended: those that two looks have missed. */
    private void releaseEnded(Set<BranchXid> held, Set<BranchXid> listed) {
        Set<BranchXid> missed = new HashSet<>(held);
        missed.removeAll(listed);
        missed.stream().filter(ended::contains).forEach(xid -> {
            log.info("{} was ended by somebody else in database '{}'; its connection is closed", xid, database.name());
            database.discard(xid);
        });
        ended = Set.copyOf(missed);
    }

    /** What the last look has found waiting, the oldest first. */
    List<InDoubt> waiting() {
        return before.entrySet().stream()
                .map(found -> waiting(found.getKey(), age(found.getValue())))
                .sorted(Comparator.comparing(InDoubt::age).reversed())
                .toList();
    }

    private InDoubt waiting(BranchXid xid, Duration age) {
        return new InDoubt(database.name(), xid.gid(), branchId.apply(xid), xid.coordinator(), xid.deadline(), age);
    }

    private Duration age(long since) {
        return Duration.ofNanos(scheduler.nanoTime() - since);
    }

    private CompletableFuture<InquiryReply> ask(BranchXid xid) {
        TxnOrigin origin = new TxnOrigin(xid.home(), xid.coordinator(), 1, xid.deadline());
        return Inquiries.ask(homes, new Inquiry(xid.gid(), branchId.apply(xid), origin));
    }

    private void settle(BranchXid xid, CompletableFuture<InquiryReply> asked) {
        try {
            InquiryReply reply = asked.join();
            if (reply instanceof InquiryReply.Undecided) {
                return;
            }
            boolean commit = reply instanceof InquiryReply.Confirm;
            database.endInDoubt(xid, commit);
            log.info(
                    "{} was in doubt in database '{}', left by '{}', and is {}",
                    xid,
                    database.name(),
                    xid.coordinator(),
                    commit ? "committed" : "rolled back");
        } catch (RuntimeException e) { // of one branch: the others are settled all the same
            log.warn(
                    "{} has been in doubt in database '{}' for {} and keeps its locks: {}; see that a coordinator on log"
                            + " '{}' can be reached, it is asked again in {}",
                    xid,
                    database.name(),
                    age(before.getOrDefault(xid, scheduler.nanoTime())),
                    e.getMessage(),
                    xid.home(),
                    pause);
        }
    }
}
