package io.coordkit.txn.twophase;

import io.coordkit.time.Scheduler;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.TxnOrigin;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
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
    private final Predicate<BranchXid> concerns;
    private final Function<BranchXid, String> branchId;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Duration pause;
    /** What the last look has found. */
    private Set<BranchXid> before = Set.of();

    /**
     * @param homes whom to ask, by the name of the log
     * @param concerns which branches to ask about
     * @param branchId what the log calls a branch
     */
    InDoubtScan(
            OpenDatabase database,
            Map<String, InquiryEndpoint> homes,
            Predicate<BranchXid> concerns,
            Function<BranchXid, String> branchId,
            Scheduler scheduler,
            Executor threads,
            Duration pause) {
        this.database = database;
        this.homes = Map.copyOf(homes);
        this.concerns = concerns;
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
            Set<BranchXid> now = new HashSet<>(database.inDoubt());
            for (BranchXid xid : now) {
                InquiryEndpoint home = homes.get(xid.home());
                // What is new may just be on its way to the decision.
                if (home != null && before.contains(xid) && concerns.test(xid)) {
                    settle(xid, home);
                }
            }
            before = now;
        } catch (TxnException e) {
            log.warn("{}; looked through again in {}", e.getMessage(), pause);
        } finally {
            scheduler.schedule(pause, () -> threads.execute(this::scan));
        }
    }

    private void settle(BranchXid xid, InquiryEndpoint inquiries) {
        TxnOrigin origin = new TxnOrigin(xid.home(), xid.coordinator(), 1, xid.deadline());
        try {
            InquiryReply reply = inquiries
                    .ask(new Inquiry(xid.gid(), branchId.apply(xid), origin))
                    .toCompletableFuture()
                    .join();
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
        } catch (TxnException | CompletionException e) {
            log.info("{} stays in doubt in database '{}' for now: {}", xid, database.name(), e.getMessage());
        }
    }
}
