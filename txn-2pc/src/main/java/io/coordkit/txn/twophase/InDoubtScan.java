package io.coordkit.txn.twophase;

import io.coordkit.time.Scheduler;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.TxnOrigin;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through the branches that one database has prepared, now and then, and asks the log what became of those that are
 * of its transactions and not held here. What the log has decided is done; what it has not, and cannot any more be
 * expected to, it decides against before it answers; the rest is left alone, as is all that others have prepared.
 */
final class InDoubtScan {
    private static final Logger log = LoggerFactory.getLogger(InDoubtScan.class);

    private final OpenDatabase database;
    private final String home;
    private final InquiryEndpoint inquiries;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Duration pause;

    InDoubtScan(
            OpenDatabase database,
            String home,
            InquiryEndpoint inquiries,
            Scheduler scheduler,
            Executor threads,
            Duration pause) {
        this.database = database;
        this.home = home;
        this.inquiries = inquiries;
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
            for (BranchXid xid : database.inDoubt()) {
                if (xid.home().equals(home) && !database.holds(xid)) {
                    settle(xid);
                }
            }
        } catch (TxnException e) {
            log.warn("{}; looked through again in {}", e.getMessage(), pause);
        } finally {
            scheduler.schedule(pause, () -> threads.execute(this::scan));
        }
    }

    private void settle(BranchXid xid) {
        TxnOrigin origin = new TxnOrigin(home, xid.coordinator(), 1, xid.deadline());
        try {
            InquiryReply reply = inquiries
                    .ask(new Inquiry(xid.gid(), xid.branch(), origin))
                    .toCompletableFuture()
                    .join();
            if (reply instanceof InquiryReply.Undecided) {
                return;
            }
            boolean commit = reply instanceof InquiryReply.Confirm;
            // What is committed, whoever carries it out takes from a connection that still holds it.
            database.settle(xid, commit, !commit);
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
