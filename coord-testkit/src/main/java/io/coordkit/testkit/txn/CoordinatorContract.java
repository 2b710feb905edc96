package io.coordkit.testkit.txn;

import static io.coordkit.txn.spi.Operation.CANCEL;
import static io.coordkit.txn.spi.Operation.CONFIRM;
import static io.coordkit.txn.spi.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.txn.UnreliableLog.Fate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnDetails;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.BranchReply.Code;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.TransactionalLog;
import io.coordkit.txn.spi.TransactionalLog.Work;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every TCC coordinator must keep; the rules stand in {@code docs/contract.md}. A coordinator's test extends this
 * class. Logs and participants are held to contracts of their own.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class CoordinatorContract {
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration SHORT_LEASE = Duration.ofSeconds(1);
    private static final Duration SETTLING = Duration.ofMillis(500);
    private static final byte[] PAYLOAD = {1, 2, 3};
    private static final byte[] OTHER_PAYLOAD = {4};

    private final String gid = "Contract-" + UUID.randomUUID();
    private final ScriptedParticipant one = new ScriptedParticipant();
    private final ScriptedParticipant two = new ScriptedParticipant();
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** A new log on a store that holds nothing unfinished at first, the same store each time within one test. */
    protected abstract TxnLog openLog();

    /**
     * A new coordinator of that name and lease on that log, as another process would open it. It should repeat what fails
     * within 20 to 200 ms, and give up a call after about a second and a branch after 8 calls.
     */
    protected abstract Tcc openCoordinator(
            String name, Duration lease, TxnLog log, Map<String, BranchEndpoint> participants);

    /** How long to wait for what must happen in the end. */
    protected Duration patience() {
        return Duration.ofSeconds(30);
    }

    private TxnLog log() {
        TxnLog log = openLog();
        opened.add(0, log);
        return log;
    }

    private Tcc coordinator(TxnLog log) {
        return coordinator(log, Map.of("one", one, "two", two));
    }

    private Tcc coordinator(TxnLog log, Map<String, BranchEndpoint> participants) {
        return coordinator("first", log, participants);
    }

    /** Its lease does not run out by itself before the test ends, however slow the machine is. */
    private Tcc coordinator(String name, TxnLog log, Map<String, BranchEndpoint> participants) {
        return coordinator(name, patience().multipliedBy(2), log, participants);
    }

    private Tcc coordinator(String name, Duration lease, TxnLog log, Map<String, BranchEndpoint> participants) {
        Tcc tcc = openCoordinator(name, lease, log, participants);
        opened.add(0, tcc);
        return tcc;
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private Outcome<String> run(Tcc tcc, Duration timeout) throws InterruptedException {
        return tcc.begin(gid).timeout(timeout).run(tx -> {
            tx.enlist("one", PAYLOAD);
            tx.enlist("two", PAYLOAD);
            return "value";
        });
    }

    private Outcome<String> run(Tcc tcc) throws InterruptedException {
        return run(tcc, patience());
    }

    private void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience().toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }

    private void awaitState(TxnLog log, TxnState state) {
        await(
                gid + " " + state,
                () -> log.status(gid).filter(status -> status.state() == state).isPresent());
    }

    private void assertEffects(ScriptedParticipant participant, int tries, int confirms, int cancels) {
        assertThat(List.of(
                        participant.effects(gid, TRY),
                        participant.effects(gid, CONFIRM),
                        participant.effects(gid, CANCEL)))
                .as("effects of try, confirm, cancel")
                .containsExactly((long) tries, (long) confirms, (long) cancels);
    }

    @Test
    final void T41_aCommittedTransactionIsConfirmedEverywhere() throws Exception {
        TxnLog log = log();
        assertThat(run(coordinator(log))).isEqualTo(new Outcome.Committed<>(gid, "value"));
        awaitState(log, TxnState.COMMITTED);
        assertEffects(one, 1, 1, 0);
        assertEffects(two, 1, 1, 0);
    }

    @Test
    final void T42_aRefusalAbortsAndIsCancelledEverywhere() throws Exception {
        TxnLog log = log();
        two.script(call -> call.operation() == TRY
                ? ScriptedParticipant.refusal(Code.BUSINESS, "t\u00fckendi")
                : Optional.empty());
        assertThat(run(coordinator(log)))
                .isInstanceOfSatisfying(
                        Outcome.Aborted.class,
                        aborted -> assertThat(aborted.reason()).contains("t\u00fckendi"));
        awaitState(log, TxnState.ABORTED);
        assertThat(log.status(gid).orElseThrow().reason()).contains("t\u00fckendi");
        assertThat(one.effects(gid, CONFIRM) + two.effects(gid, CONFIRM)).isZero();
        assertThat(one.effects(gid, CANCEL)).isEqualTo(1);
        assertThat(two.effects(gid, CANCEL)).isEqualTo(1);
    }

    @Test
    final void T43_triesAreUnderWayTogether() throws Exception {
        Set<ScriptedParticipant> arrived = ConcurrentHashMap.newKeySet();
        CompletableFuture<Void> both = new CompletableFuture<>();
        for (ScriptedParticipant participant : List.of(one, two)) {
            participant.script(call -> {
                if (call.operation() != TRY) {
                    return Optional.empty();
                }
                arrived.add(participant);
                if (arrived.size() == 2) {
                    both.complete(null);
                }
                return Optional.of(both.thenApply(any -> participant.answer(call)));
            });
        }
        assertThat(run(coordinator(log()))).isInstanceOf(Outcome.Committed.class);
    }

    @Test
    final void T44_aTryWithoutAnswerIsRepeatedUntilTheDeadline() throws Exception {
        AtomicInteger lost = new AtomicInteger(3);
        two.script(call -> {
            if (call.operation() != TRY || lost.getAndDecrement() <= 0) {
                return Optional.empty();
            }
            return lost.get() % 2 == 0
                    ? ScriptedParticipant.noAnswer()
                    : Optional.of(CompletableFuture.supplyAsync(() -> {
                        two.answer(call);
                        throw new IllegalStateException("the answer was lost");
                    }));
        });
        Tcc tcc = coordinator(log());
        assertThat(run(tcc)).isInstanceOf(Outcome.Committed.class);
        assertThat(two.effects(gid, TRY)).isEqualTo(1);

        two.script(call -> call.operation() == TRY ? ScriptedParticipant.noAnswer() : Optional.empty());
        // On a machine that is very slow once is all there is time for.
        Duration timeout = SHORT.multipliedBy(4);
        while (triesUntil(timeout, tcc) < 2) {
            timeout = timeout.multipliedBy(2);
            assertThat(timeout).as("it is repeated").isLessThan(patience());
        }
    }

    private long triesUntil(Duration timeout, Tcc tcc) throws InterruptedException {
        String late = gid + "-late-" + timeout.toMillis();
        assertThat(tcc.begin(late).timeout(timeout).run(tx -> tx.enlist("two", PAYLOAD)))
                .isInstanceOf(Outcome.Aborted.class);
        return two.deliveries(late, TRY);
    }

    @Test
    final void T45_neitherTheAnswerNorTheOthersWaitForABranchThatIsSilent() throws Exception {
        TxnLog log = log();
        one.script(call -> call.operation() == TRY ? Optional.empty() : ScriptedParticipant.never());
        assertThat(run(coordinator(log))).isInstanceOf(Outcome.Committed.class);
        await("two is confirmed", () -> two.effects(gid, CONFIRM) == 1);
        assertThat(log.status(gid).orElseThrow().state()).isEqualTo(TxnState.COMMITTING);
    }

    @Test
    final void T46_theSecondPhaseIsRepeatedUntilItIsAcknowledged() throws Exception {
        TxnLog log = log();
        AtomicInteger failures = new AtomicInteger(4);
        two.script(call -> {
            if (call.operation() != CONFIRM || failures.getAndDecrement() <= 0) {
                return Optional.empty();
            }
            return failures.get() % 2 == 0
                    ? ScriptedParticipant.refusal(Code.WRONG_STATE, "not yet")
                    : ScriptedParticipant.noAnswer();
        });
        Tcc tcc = coordinator(log);
        assertThat(run(tcc)).isInstanceOf(Outcome.Committed.class);
        awaitState(log, TxnState.COMMITTED);
        assertEffects(two, 1, 1, 0);
        assertThat(two.deliveries(gid, CONFIRM)).isEqualTo(5);
        assertThat(tcc.unfinished(10)).isEmpty();
        assertThat(tcc.outcome(gid).orElseThrow().state()).isEqualTo(TxnState.COMMITTED);
    }

    @Test
    final void T47_nobodyIsConfirmedOrCancelledBeforeTheDecisionIsInTheLog() throws Exception {
        TxnLog log = log();
        Queue<String> early = new ConcurrentLinkedQueue<>();
        AtomicInteger checked = new AtomicInteger();
        two.script(call -> {
            TxnState needed = call.operation() == CONFIRM ? TxnState.COMMITTING : TxnState.ABORTING;
            if (call.operation() != TRY) {
                checked.incrementAndGet();
                Optional<TxnState> found = log.status(call.gid()).map(TxnStatus::state);
                if (found.filter(state -> state == needed).isEmpty()) {
                    early.add(call + " while the log has " + found);
                }
            }
            boolean refused = call.operation() == TRY && call.gid().endsWith("-refused");
            return refused ? ScriptedParticipant.refusal(Code.BUSINESS, "no") : Optional.empty();
        });
        Tcc tcc = coordinator(log);
        run(tcc);
        tcc.begin(gid + "-refused").timeout(patience()).run(tx -> tx.enlist("two", PAYLOAD));
        await("both reached their second phase", () -> checked.get() >= 2);
        assertThat(early).isEmpty();
    }

    @Test
    final void T48_aSilentLogMakesTheOutcomeUnknown_andTheLogSettlesIt() throws Exception {
        for (Fate fate : List.of(Fate.WRITTEN, Fate.NOT_WRITTEN)) {
            UnreliableLog log = new UnreliableLog(log());
            Tcc tcc = coordinator(log);
            String id = gid + "-" + fate;
            log.nextDecision(fate);
            Outcome<String> outcome = tcc.begin(id).timeout(patience()).run(tx -> tx.enlist("one", PAYLOAD));
            assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
            await(
                    id + " settled",
                    () -> log.status(id)
                            .filter(status -> status.state().isFinished())
                            .isPresent());
            boolean committed = log.status(id).orElseThrow().state() == TxnState.COMMITTED;
            assertThat(committed).as("written is committed").isEqualTo(fate == Fate.WRITTEN);
            assertThat(one.effects(id, CONFIRM)).isEqualTo(committed ? 1 : 0);
            assertThat(one.effects(id, CANCEL)).isEqualTo(committed ? 0 : 1);
        }
    }

    @Test
    final void T49_whereverItDies_itsSuccessorEndsEverythingAsAnswered() throws Exception {
        for (boolean refused : List.of(false, true)) {
            CrashableProcess living = new CrashableProcess(0);
            liveAndDie(living, refused, "living");
            int points = living.pointsPassed();
            assertThat(points).isGreaterThanOrEqualTo(10);
            for (int fatal = 1; fatal <= points; fatal++) {
                liveAndDie(new CrashableProcess(fatal), refused, "dies-at-" + fatal);
            }
        }
    }

    private void liveAndDie(CrashableProcess process, boolean refused, String name) throws Exception {
        String id = (gid + "-" + refused + "-" + name);
        String key = id.substring(Math.max(0, id.length() - 64));
        ScriptedParticipant left = new ScriptedParticipant();
        ScriptedParticipant right = new ScriptedParticipant();
        if (refused) {
            right.script(call ->
                    call.operation() == TRY ? ScriptedParticipant.refusal(Code.BUSINESS, "no") : Optional.empty());
        }
        TxnLog log = log();
        Tcc first = coordinator(process.around(log), Map.of("one", process.around(left), "two", process.around(right)));
        CompletableFuture<Outcome<String>> answer = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                answer.complete(first.begin(key).timeout(patience()).run(tx -> {
                    tx.enlist("one", PAYLOAD);
                    return tx.enlist("two", PAYLOAD);
                }));
            } catch (RuntimeException | InterruptedException e) {
                answer.completeExceptionally(e);
            }
        });
        caller.setDaemon(true);
        caller.start();
        await(
                name + " has ended its transaction or died",
                () -> process.dead().getCount() == 0
                        || log.status(key)
                                .map(status -> status.state().isFinished())
                                .orElse(false));
        Tcc successor = coordinator(log, Map.of("one", left, "two", right));
        await(name + ": all finished", () -> successor.unfinished(10).isEmpty());
        for (ScriptedParticipant participant : List.of(left, right)) {
            participant.inquire(successor.inquiries());
        }
        assertConsistent(name, key, log, left, right);
        Outcome<String> outcome = answer.isDone() && !answer.isCompletedExceptionally() ? answer.get() : null;
        if (outcome instanceof Outcome.Committed) {
            assertThat(left.effects(key, CONFIRM))
                    .as("%s answered committed", name)
                    .isEqualTo(1);
        } else if (outcome instanceof Outcome.Aborted) {
            assertThat(left.effects(key, CONFIRM))
                    .as("%s answered aborted", name)
                    .isZero();
        }
    }

    private static void assertConsistent(
            String name, String key, TxnLog log, ScriptedParticipant left, ScriptedParticipant right) {
        boolean committed = log.status(key)
                .map(status -> status.state() == TxnState.COMMITTED)
                .orElse(false);
        for (ScriptedParticipant participant : List.of(left, right)) {
            assertThat(participant.effects(key, CONFIRM))
                    .as("%s: confirms", name)
                    .isEqualTo(committed ? 1 : 0);
            assertThat(participant.effects(key, CANCEL)).as("%s: cancels", name).isLessThanOrEqualTo(committed ? 0 : 1);
            assertThat(participant.holdsReservation())
                    .as("%s: reservation left", name)
                    .isFalse();
        }
    }

    @Test
    final void T50_aGidHasOneOutcome_andTakesEffectOnce() throws Exception {
        TxnLog log = log();
        Tcc tcc = coordinator(log);
        Outcome<String> first = run(tcc);
        awaitState(log, TxnState.COMMITTED);
        assertThat(run(tcc)).isEqualTo(first);
        Tcc other = coordinator("second", log, Map.of("one", one, "two", two));
        assertThat(run(other)).isEqualTo(first);
        Outcome<String> more = other.begin(gid).timeout(patience()).run(tx -> {
            tx.enlist("one", OTHER_PAYLOAD);
            tx.enlist("two", PAYLOAD);
            tx.enlist("two", PAYLOAD);
            return "value";
        });
        assertThat(more).as("with a branch that was not enlisted then").isEqualTo(first);
        await("that one is cancelled", () -> two.effects(gid, CANCEL) == 1);
        LockSupport.parkNanos(SETTLING.toNanos()); // for a cancel that should not come
        assertThat(two.effects(gid, CONFIRM)).isEqualTo(1);
        assertThat(one.deliveries(gid, CANCEL))
                .as("what the commit is about, though called with something else")
                .isZero();
        assertEffects(one, 1, 1, 0);
        assertThat(log.status(gid).orElseThrow().state()).isEqualTo(TxnState.COMMITTED);
    }

    @Test
    final void T51_anInterruptWhileTryingAborts() throws Exception {
        TxnLog log = log();
        CountDownLatch tried = new CountDownLatch(1);
        one.script(call -> {
            if (call.operation() != TRY) {
                return Optional.empty();
            }
            tried.countDown();
            return ScriptedParticipant.never();
        });
        Tcc tcc = coordinator(log);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                run(tcc);
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        caller.start();
        assertThat(tried.await(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        assertThat(interrupted.get(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
        awaitState(log, TxnState.ABORTED);
        assertThat(two.effects(gid, CANCEL)).isEqualTo(1);
    }

    /** Leaves a decision in the log that nobody carries out. */
    private void leave(TxnLog log, String id, TxnBranch... branches) {
        log.decide(
                new TxnProposal(id, Decision.abort("left"), log.now().plus(patience()), "gone/1", List.of(branches)));
        for (TxnBranch branch : branches) {
            TxnOrigin origin = new TxnOrigin("default", "gone/1", 1, log.now().plus(patience()));
            BranchCall tried =
                    new BranchCall(id, branch.id(), branch.participant(), TRY, 1, origin, branch.payload(), "");
            (branch.participant().equals("one") ? one : two).answer(tried);
        }
    }

    private static TxnBranch branch(String id, String participant) {
        return new TxnBranch(id, participant, Payload.of(PAYLOAD));
    }

    @Test
    final void T52_whatNobodyCanFinishStays_andHoldsUpNothingElse() {
        TxnLog log = log();
        leave(log, gid + "-strange", branch("1", "nobody"), branch("2", "two"));
        leave(log, gid, branch("1", "one"));
        Tcc tcc = coordinator(log);
        awaitState(log, TxnState.ABORTED);
        await("the known branch is cancelled", () -> two.effects(gid + "-strange", CANCEL) == 1);
        assertThat(tcc.unfinished(10))
                .extracting(TxnStatus::gid, TxnStatus::state)
                .containsExactly(tuple(gid + "-strange", TxnState.ABORTING));
    }

    @Test
    final void T53_whoClaimsHasAHigherEpoch() {
        TxnLog log = log();
        leave(log, gid, branch("1", "one"));
        coordinator(log);
        awaitState(log, TxnState.ABORTED);
        assertThat(one.epoch(gid, CANCEL)).isGreaterThan(1);
    }

    @Test
    final void T54_aBodyThatFailsOrIsMalformedBeginsNothing() {
        TxnLog log = log();
        Tcc tcc = coordinator(log);
        assertThatThrownBy(() -> tcc.begin(gid).run(tx -> {
                    tx.enlist("one", PAYLOAD);
                    throw new UnsupportedOperationException("as asked");
                }))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> tcc.begin(gid).run(tx -> tx.enlist("nobody", PAYLOAD)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody");
        for (Duration bad : List.of(Duration.ZERO, Duration.ofHours(2))) {
            assertThatThrownBy(() -> tcc.begin(gid).timeout(bad)).hasMessageContaining(bad.toString());
        }
        assertThatThrownBy(() -> tcc.begin("two words")).hasMessageContaining("two words");
        assertThat(log.status(gid)).isEmpty();
        assertThat(one.deliveries(gid, TRY)).isZero();
    }

    @Test
    final void T55_nothingIsWrittenBeforeTheDecision_andOnlyTheEndAfterIt() throws Exception {
        UnreliableLog log = new UnreliableLog(log());
        Queue<Long> decisions = new ConcurrentLinkedQueue<>();
        two.script(call -> {
            if (call.operation() == TRY) {
                decisions.add(log.calls("decide") + log.calls("finish"));
            }
            return Optional.empty();
        });
        assertThat(run(coordinator(log))).isInstanceOf(Outcome.Committed.class);
        awaitState(log, TxnState.COMMITTED);
        assertThat(decisions).containsOnly(0L);
        assertThat(log.calls("decide") + log.calls("finish")).isEqualTo(2);
    }

    @Test
    final void T56_aClosedCoordinatorHasAbortedWhatItWasTrying() throws Exception {
        TxnLog log = log();
        CountDownLatch tried = new CountDownLatch(1);
        one.script(call -> {
            tried.countDown();
            return ScriptedParticipant.never();
        });
        Tcc tcc = coordinator(log);
        CompletableFuture<Outcome<String>> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return run(tcc, patience().multipliedBy(2));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(tried.await(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
        tcc.close();
        tcc.close();
        assertThat(answer.get(patience().toSeconds(), TimeUnit.SECONDS)).isInstanceOf(Outcome.Aborted.class);
        assertThat(log.status(gid).orElseThrow().state()).isEqualTo(TxnState.ABORTING);
        assertThatThrownBy(() -> tcc.begin(gid + "-2").run(tx -> tx.enlist("one", PAYLOAD)))
                .isInstanceOf(IllegalStateException.class);
        one.behave();
        coordinator("second", log, Map.of("one", one, "two", two));
        awaitState(log, TxnState.ABORTED);
    }

    @Test
    final void T57_whoAsksIsToldWhatWasDecidedAboutHisBranch() throws Exception {
        TxnLog log = log();
        Tcc tcc = coordinator(log);
        Queue<InquiryReply> early = new ConcurrentLinkedQueue<>();
        Queue<TxnOrigin> origins = new ConcurrentLinkedQueue<>();
        two.script(call -> {
            if (call.operation() == TRY) {
                origins.add(call.origin());
                early.add(ask(tcc, gid, call.branch(), call.origin()));
            }
            return Optional.empty();
        });
        assertThat(run(tcc)).isInstanceOf(Outcome.Committed.class);
        assertThat(early).containsOnly(new InquiryReply.Undecided());
        TxnOrigin origin = origins.element();
        assertThat(ask(tcc, gid, "2", origin)).isInstanceOf(InquiryReply.Confirm.class);
        assertThat(ask(tcc, gid, "3", origin)).as("not enlisted").isInstanceOf(InquiryReply.Cancel.class);
        String gone = gid + "-gone";
        TxnOrigin dead = new TxnOrigin(origin.home(), "gone/1", 1, origin.deadline());
        assertThat(ask(tcc, gone, "1", dead)).isInstanceOf(InquiryReply.Cancel.class);
        assertThat(log.status(gone).orElseThrow().state()).isEqualTo(TxnState.ABORTED);
    }

    private static InquiryReply ask(Tcc tcc, String id, String branch, TxnOrigin origin) {
        return tcc.inquiries()
                .ask(new Inquiry(id, branch, origin))
                .toCompletableFuture()
                .join();
    }

    @Test
    final void T58_toResolveAborts_toAskForTheOutcomeDoesNot() throws Exception {
        TxnLog log = log();
        Tcc tcc = coordinator(log);
        assertThat(tcc.outcome(gid)).isEmpty();
        two.script(call -> {
            if (call.operation() == TRY && call.gid().endsWith("-resolved")) {
                tcc.resolve(call.gid());
            }
            return Optional.empty();
        });
        assertThat(run(tcc)).isInstanceOf(Outcome.Committed.class);
        assertThat(tcc.resolve(gid).state().isCommit())
                .as("what is decided stays")
                .isTrue();
        String resolved = gid + "-resolved";
        assertThat(tcc.begin(resolved).timeout(patience()).run(tx -> tx.enlist("two", PAYLOAD)))
                .isInstanceOf(Outcome.Aborted.class);
        assertThat(tcc.outcome(resolved).orElseThrow().state()).isEqualTo(TxnState.ABORTED);
        await("what was tried all the same is cancelled", () -> two.effects(resolved, CANCEL) == 1);
    }

    @Test
    final void T59_whenACoordinatorIsGoneAnotherFinishesWhatItDecided() throws Exception {
        TxnLog log = log();
        CountDownLatch deadly = new CountDownLatch(1);
        CrashableProcess process = new CrashableProcess(0);
        one.script(call -> {
            if (call.operation() == CONFIRM && deadly.getCount() > 0) {
                process.die();
                deadly.countDown();
            }
            return Optional.empty();
        });
        Tcc other = coordinator("other", SHORT_LEASE, log, Map.of("one", one, "two", two));
        Tcc mortal = coordinator(
                "mortal",
                SHORT_LEASE,
                process.around(log),
                Map.of("one", process.around(one), "two", process.around(two)));
        run(mortal);
        assertThat(deadly.await(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
        awaitState(log, TxnState.COMMITTED);
        assertThat(other.unfinished(10)).isEmpty();
        assertEffects(one, 1, 1, 0);
        assertEffects(two, 1, 1, 0);
    }

    @Test
    final void T60_whoWasTakenForDeadChangesNothingWhenItIsBack() throws Exception {
        TxnLog log = log();
        CompletableFuture<Void> tried = new CompletableFuture<>();
        CompletableFuture<Void> paused = new CompletableFuture<>();
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger resumed = new AtomicInteger();
        one.script(call -> call.operation() == TRY
                ? Optional.of(tried.thenApply(any -> new BranchReply.Refused(Code.BUSINESS, "no")))
                : Optional.empty());
        BranchEndpoint slow = call -> {
            if (call.operation() == CANCEL) {
                sent.incrementAndGet();
                return paused.thenCompose(any -> two.call(call))
                        .whenComplete((reply, failure) -> resumed.incrementAndGet());
            }
            return two.call(call).whenComplete((reply, failure) -> tried.complete(null));
        };
        Tcc first = coordinator("first", SHORT_LEASE, new PausableLog(log, paused), Map.of("one", one, "two", slow));
        opened.add(0, () -> paused.complete(null));
        assertThat(first.begin(gid).timeout(patience()).run(tx -> {
                    tx.enlist("two", PAYLOAD);
                    return tx.enlist("one", PAYLOAD);
                }))
                .isInstanceOf(Outcome.Aborted.class);
        TxnRecord decided = log.find(gid).orElseThrow();
        TxnProposal probe = new TxnProposal(
                gid + "-probe",
                Decision.abort("probe"),
                log.now().plus(patience().multipliedBy(2)),
                decided.coordinator(),
                List.of());
        await("its lease is over", () -> log.resolve(probe).isPresent());
        coordinator("other", log, Map.of("one", one, "two", two));
        awaitState(log, TxnState.ABORTED);
        long claimed = two.epoch(gid, CANCEL);
        TxnRecord ended = log.find(gid).orElseThrow();
        int before = sent.get();
        await("a call is under way that its sender still waits for", () -> sent.get() > before);
        paused.complete(null);
        await("the first is back", () -> resumed.get() > 0);
        String next = gid + "-next";
        assertThat(first.begin(next).timeout(patience()).run(tx -> tx.enlist("two", PAYLOAD)))
                .isInstanceOf(Outcome.Committed.class);
        await("it goes on", () -> log.find(next).orElseThrow().state().isFinished());
        LockSupport.parkNanos(SETTLING.toNanos()); // for what the first might do about the answer it has got
        assertEffects(two, 1, 0, 1);
        assertThat(two.epoch(gid, CANCEL)).isEqualTo(claimed);
        assertThat(log.find(gid)).hasValue(ended);
    }

    private void awaitAttention(Tcc tcc) {
        await(
                "it needs attention",
                () -> tcc.admin().needingAttention(10).stream()
                        .anyMatch(status -> status.gid().equals(gid)));
    }

    @Test
    final void T61_aBranchThatIsGivenUpNeedsAttention_andIsFinishedWhenRetried() throws Exception {
        TxnLog log = log();
        two.script(call -> call.operation() == TRY ? Optional.empty() : ScriptedParticipant.noAnswer());
        Tcc tcc = coordinator(log);
        assertThat(run(tcc)).isInstanceOf(Outcome.Committed.class);
        awaitAttention(tcc);
        long tried = two.deliveries(gid, CONFIRM);
        assertThat(tried).isBetween(2L, 20L);
        await("one is confirmed", () -> one.effects(gid, CONFIRM) == 1);
        TxnDetails details = tcc.admin().show(gid).orElseThrow();
        assertThat(details.status().state()).isEqualTo(TxnState.COMMITTING);
        assertThat(details.status().note()).contains("two");
        assertThat(details.branches())
                .extracting(TxnDetails.Branch::participant)
                .containsExactly("one", "two");
        two.behave();
        assertThat(tcc.admin().retry(gid)).isTrue();
        awaitState(log, TxnState.COMMITTED);
        assertEffects(two, 1, 1, 0);
        assertThat(tcc.admin().needingAttention(10)).isEmpty();
        assertThat(tcc.admin().retry(gid)).as("it needs none any more").isFalse();
    }

    @Test
    final void T62_byHandNothingIsContradicted_andTheReasonIsKept() throws Exception {
        TxnLog log = log();
        two.script(call -> call.operation() == TRY ? Optional.empty() : ScriptedParticipant.noAnswer());
        Tcc tcc = coordinator(log);
        assertThat(run(tcc)).isInstanceOf(Outcome.Committed.class);
        assertThatThrownBy(() -> tcc.admin().force(gid, false, "ayse: away"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(gid);
        assertThat(log.status(gid).orElseThrow().state().isCommit()).isTrue();
        TxnStatus ended = tcc.admin().force(gid, true, "ayse: it was shut down");
        assertThat(ended.state()).isEqualTo(TxnState.COMMITTED);
        assertThat(ended.note()).contains("ayse: it was shut down");
        String undecided = gid + "-undecided";
        assertThatThrownBy(() -> tcc.admin().force(undecided, true, "ayse: please"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(log.status(undecided)).isEmpty();
        assertThat(tcc.admin().force(undecided, false, "ayse: please").state()).isEqualTo(TxnState.ABORTED);
        assertThat(log.status(undecided).orElseThrow().reason()).contains("ayse: please");
    }

    @Test
    final void T63_aTransactionInsideAnotherJoinsIt() throws Exception {
        TxnLog log = log();
        Tcc tcc = coordinator(log);
        Queue<Outcome<String>> inner = new ConcurrentLinkedQueue<>();
        Outcome<String> outer = tcc.begin(gid).timeout(patience()).run(tx -> {
            try {
                inner.add(tcc.begin(gid + "-inner").run(nested -> nested.enlist("two", PAYLOAD)));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return tx.enlist("one", PAYLOAD);
        });
        assertThat(outer).isInstanceOf(Outcome.Committed.class);
        assertThat(inner).containsExactly(new Outcome.Joined<>(gid, "1"));
        awaitState(log, TxnState.COMMITTED);
        assertEffects(one, 1, 1, 0);
        assertEffects(two, 1, 1, 0);
        assertThat(log.status(gid + "-inner")).isEmpty();
    }

    @Test
    final void T64_whoAwaitsThePhaseReadsWhatWasWritten() throws Exception {
        TxnLog log = log();
        Tcc tcc = coordinator(log);
        AtomicInteger failures = new AtomicInteger(2);
        two.script(call -> call.operation() == CONFIRM && failures.getAndDecrement() > 0
                ? ScriptedParticipant.never()
                : Optional.empty());
        Outcome<String> outcome =
                tcc.begin(gid).timeout(patience()).awaitPhase2(patience()).run(tx -> tx.enlist("two", PAYLOAD));
        assertThat(outcome).isInstanceOf(Outcome.Committed.class);
        assertThat(two.effects(gid, CONFIRM)).isEqualTo(1);
        two.script(call -> call.operation() == CONFIRM ? ScriptedParticipant.never() : Optional.empty());
        assertThat(tcc.begin(gid + "-silent")
                        .timeout(patience())
                        .awaitPhase2(Duration.ofMillis(50))
                        .run(tx -> tx.enlist("two", PAYLOAD)))
                .as("the outcome does not wait for ever")
                .isInstanceOf(Outcome.Committed.class);
    }

    @Test
    final void T65_workStandsOrFallsWithTheDecision_orIsRefused() throws Exception {
        TxnLog log = log();
        Tcc tcc = coordinator(log);
        if (!(log instanceof TransactionalLog)) {
            assertThatThrownBy(() -> runWith(tcc, gid, connection -> {})).isInstanceOf(IllegalStateException.class);
            assertThat(one.deliveries(gid, TRY)).as("nothing has begun").isZero();
            return;
        }
        List<Optional<TxnStatus>> seen = new ArrayList<>();
        Work looking = connection -> {
            assertThat(one.effects(gid, TRY) + two.effects(gid, TRY)).isEqualTo(2);
            seen.add(log.status(gid));
        };
        assertThat(runWith(tcc, gid, looking)).isEqualTo(new Outcome.Committed<>(gid, "value"));
        assertThat(seen).as("after the tries, before the decision").containsExactly(Optional.empty());
        awaitState(log, TxnState.COMMITTED);
        assertThat(runWith(tcc, gid, looking)).isEqualTo(new Outcome.Committed<>(gid, "value"));
        assertThat(seen).as("not again").hasSize(1);

        assertThatThrownBy(() -> runWith(tcc, gid + "-failed", connection -> {
                    throw new UnsupportedOperationException("the work's own words");
                }))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(log.status(gid + "-failed").orElseThrow().reason()).contains("the work's own words");
        await("what was tried is cancelled", () -> two.effects(gid + "-failed", CANCEL) == 1);

        two.script(
                call -> call.operation() == TRY ? ScriptedParticipant.refusal(Code.BUSINESS, "no") : Optional.empty());
        assertThat(runWith(tcc, gid + "-refused", looking)).isInstanceOf(Outcome.Aborted.class);
        assertThat(seen).as("not when a try was refused").hasSize(1);
    }

    private Outcome<String> runWith(Tcc tcc, String id, Work work) throws InterruptedException {
        return tcc.begin(id)
                .timeout(patience())
                .run(
                        tx -> {
                            tx.enlist("one", PAYLOAD);
                            tx.enlist("two", PAYLOAD);
                            return "value";
                        },
                        (connection, value) -> work.run(connection));
    }

    @Test
    final void T66_whoOnlyReadIsNotConfirmed() throws Exception {
        TxnLog log = log();
        two.script(call -> call.operation() == TRY
                ? Optional.of(CompletableFuture.completedStage(new BranchReply.ReadOnly()))
                : Optional.empty());
        Tcc tcc = coordinator(log);
        assertThat(run(tcc)).isInstanceOf(Outcome.Committed.class);
        awaitState(log, TxnState.COMMITTED);
        assertEffects(one, 1, 1, 0);
        assertThat(log.find(gid).orElseThrow().branches())
                .extracting(TxnBranch::participant)
                .containsExactly("one");

        String alone = gid + "-alone";
        assertThat(tcc.begin(alone).timeout(patience()).run(tx -> tx.enlist("two", PAYLOAD)))
                .isInstanceOf(Outcome.Committed.class);
        await(
                "it is finished",
                () -> log.status(alone)
                        .filter(status -> status.state() == TxnState.COMMITTED)
                        .isPresent());
        assertThat(two.deliveries(gid, CONFIRM) + two.deliveries(alone, CONFIRM))
                .isZero();
    }
}
