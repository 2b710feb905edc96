package io.coordkit.txn.twophase;

import io.coordkit.time.Scheduler;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.BranchReply.Code;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.twophase.ThreePhaseRows.State;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A participant's branches of three-phase commits. They ask for their outcome like all that are prepared; one whose
 * question nobody has answered for as long as the participant waits, and whose transaction's deadline is over, answers it
 * itself: it commits if it was told that all have voted yes, else it rolls back. What was decided is asked for from then
 * on, too, and kept beside what the branch did. Thread-safe.
 */
final class ThreePhaseBranches {
    private static final Logger log = LoggerFactory.getLogger(ThreePhaseBranches.class);

    private final ThreePhaseRows rows;
    private final Map<String, InquiryEndpoint> homes;
    private final Duration patience;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Duration askEvery;
    /** When somebody was last heard of each branch that is open here, by the scheduler's ticker. */
    private final ConcurrentMap<BranchName, Long> heard = new ConcurrentHashMap<>();

    /**
     * @param homes whom to ask, by the name of the log
     * @param patience how long to wait for an answer
     */
    private ThreePhaseBranches(
            ThreePhaseRows rows,
            Map<String, InquiryEndpoint> homes,
            Duration patience,
            Scheduler scheduler,
            Executor threads,
            Duration askEvery) {
        this.rows = rows;
        this.homes = Map.copyOf(homes);
        this.patience = patience;
        this.scheduler = scheduler;
        this.threads = threads;
        this.askEvery = askEvery;
    }

    /** Begins at once to ask about those that have ended by themselves. */
    static ThreePhaseBranches open(
            OpenDatabase database,
            Map<String, InquiryEndpoint> homes,
            Duration patience,
            Scheduler scheduler,
            Executor threads,
            Duration askEvery)
            throws SQLException {
        ThreePhaseBranches branches =
                new ThreePhaseBranches(ThreePhaseRows.open(database), homes, patience, scheduler, threads, askEvery);
        threads.execute(branches::askForTheEnded);
        return branches;
    }

    /** Whom else to ask, for those who ask about branches in doubt. */
    Map<String, InquiryEndpoint> homes() {
        return homes.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, home -> inquiry -> ask(home.getValue(), inquiry)));
    }

    private CompletionStage<InquiryReply> ask(InquiryEndpoint home, Inquiry inquiry) {
        BranchName name = BranchName.of(inquiry);
        return home.ask(inquiry)
                .handle((reply, failure) -> reply != null ? heard(name, reply) : unanswered(name, failure));
    }

    private InquiryReply heard(BranchName name, InquiryReply reply) {
        heard.computeIfPresent(name, (same, before) -> scheduler.nanoTime());
        Optional<State> ended = reply instanceof InquiryReply.Undecided ? rows.find(name) : leave(name);
        // What ended by itself is prepared still if the participant stopped before it had done so.
        return ended.filter(State::isAlone).map(ThreePhaseBranches::own).orElse(reply);
    }

    private InquiryReply unanswered(BranchName name, @Nullable Throwable failure) {
        State state = rows.find(name).orElse(null);
        if (state != null && state.isAlone()) {
            return own(state);
        }
        long now = scheduler.nanoTime();
        long since = heard.computeIfAbsent(name, unheard -> now);
        if (state == null || now - since < patience.toNanos() || !rows.endAlone(name, state)) {
            throw failure instanceof CompletionException unasked
                    ? unasked
                    : new CompletionException("nobody answered", failure);
        }
        log.error(
                "{} ends by itself: no coordinator has answered for {}, and {}, so it {}; the other side may do the"
                        + " opposite: when the log can be asked, what was decided is told here",
                name,
                patience,
                state == State.PRE_COMMITTED ? "all had voted yes" : "it was not told how the others voted",
                state == State.PRE_COMMITTED ? "commits" : "rolls back");
        heard.remove(name);
        return own(state.alone());
    }

    private static InquiryReply own(State state) {
        return state.alone() == State.COMMITTED_ALONE
                ? new InquiryReply.Confirm(1)
                : new InquiryReply.Cancel(1, "nobody answered");
    }

    /** A branch is to vote; what to answer if it has ended by itself. */
    Optional<BranchReply> enter(BranchCall call) {
        BranchName name = BranchName.of(call);
        State state = rows.enter(name, call.origin());
        heard.put(name, scheduler.nanoTime());
        return switch (state) {
            case CAN_COMMIT, PRE_COMMITTED -> Optional.empty();
            case COMMITTED_ALONE -> Optional.of(new BranchReply.Done());
            case ROLLED_BACK_ALONE -> Optional.of(contradiction(call, state));
        };
    }

    /** Whether a branch that has entered has been decided meanwhile. */
    boolean isLeft(BranchCall call) {
        return rows.find(BranchName.of(call)).isEmpty();
    }

    /** All have voted yes, and the branch is prepared. */
    BranchReply preCommit(BranchCall call) {
        BranchName name = BranchName.of(call);
        heard.put(name, scheduler.nanoTime());
        if (rows.preCommit(name)) {
            return new BranchReply.Done();
        }
        return switch (rows.find(name).orElse(State.CAN_COMMIT)) {
            case PRE_COMMITTED, COMMITTED_ALONE -> new BranchReply.Done();
            case CAN_COMMIT -> new BranchReply.Refused(Code.WRONG_STATE, call + " found no vote");
            case ROLLED_BACK_ALONE -> contradiction(call, State.ROLLED_BACK_ALONE);
        };
    }

    /**
     * It is decided; what to answer if the branch has ended by itself, the other way.
     *
     * @return empty if the branch is to be ended
     */
    Optional<BranchReply> decided(BranchCall call, boolean commit) {
        BranchName name = BranchName.of(call);
        return leave(name).flatMap(state -> {
            tell(name, state, commit);
            boolean same = (state == State.COMMITTED_ALONE) == commit;
            return same ? Optional.empty() : Optional.of(contradiction(call, state));
        });
    }

    private Optional<State> leave(BranchName name) {
        heard.remove(name);
        return rows.leave(name);
    }

    private static BranchReply contradiction(BranchCall call, State state) {
        return new BranchReply.Refused(
                Code.HEURISTIC,
                "branch " + call.branch() + (state == State.COMMITTED_ALONE ? " has committed" : " has rolled back")
                        + " by itself, when no coordinator could be reached");
    }

    private void tell(BranchName name, State state, boolean commit) {
        rows.told(name, commit);
        if ((state == State.COMMITTED_ALONE) == commit) {
            log.info("{} had ended by itself, as it was decided: {}", name, commit ? "commit" : "abort");
        } else {
            log.error(
                    "{} had {} by itself, but its transaction is {}: a heuristic outcome; put the data right by hand, then"
                            + " end the transaction with force(gid, {}, reason) at its coordinator",
                    name,
                    state == State.COMMITTED_ALONE ? "committed" : "rolled back",
                    commit ? "committed" : "aborted",
                    commit);
        }
    }

    private void askForTheEnded() {
        try {
            rows.untold().stream()
                    .filter(inquiry -> homes.containsKey(inquiry.origin().home()))
                    .map(this::askForTheEnd)
                    .toList()
                    .forEach(CompletableFuture::join);
        } catch (RuntimeException e) { // also a driver's own
            log.warn("{}; asked again in {}", e.getMessage(), askEvery);
        } finally {
            scheduler.schedule(askEvery, () -> threads.execute(this::askForTheEnded));
        }
    }

    /** Completes when it is told, or nobody could tell. */
    private CompletableFuture<BranchName> askForTheEnd(Inquiry inquiry) {
        BranchName name = BranchName.of(inquiry);
        return Inquiries.ask(homes, inquiry).handle((reply, failure) -> {
            if (reply == null) {
                log.debug("{} has ended by itself, and nobody can tell yet what was decided", name, failure);
            } else if (!(reply instanceof InquiryReply.Undecided)) {
                rows.find(name).ifPresent(state -> tell(name, state, reply instanceof InquiryReply.Confirm));
            }
            return name;
        });
    }

    /** Those that have ended by themselves, the latest first. */
    List<LoneEnding> alone(int limit) {
        return rows.alone(limit);
    }

    int purge(Duration retention) {
        return rows.purge(retention);
    }
}
