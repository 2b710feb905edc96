package io.coordkit.testkit.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.Crowd;
import io.coordkit.txn.Payload;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every transaction log must keep; the rules stand in {@code docs/contract.md}. A log's test extends this class and
 * says how to reach its store, which must hold nothing unfinished at first and be used by nobody else meanwhile.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class TxnLogContract {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int THREADS = 8;
    private static final int ROUNDS = 20;

    private final List<TxnLog> opened = new ArrayList<>();
    private final Set<String> decided = new HashSet<>();
    private final String gid = "Contract-" + UUID.randomUUID();

    /** A new log on the store under test, the same store each time, as another process would open it. */
    protected abstract TxnLog openLog();

    private TxnLog log() {
        TxnLog log = openLog();
        opened.add(log);
        return log;
    }

    private String join(TxnLog log) {
        return log.join("coordinator-" + UUID.randomUUID(), LONG).coordinator();
    }

    private TxnProposal proposal(TxnLog log, String id, Decision decision, TxnBranch... branches) {
        decided.add(id);
        return new TxnProposal(id, decision, log.now().plus(LONG), "somebody/1", List.of(branches));
    }

    private TxnRecord commit(TxnLog log, String id, TxnBranch... branches) {
        return log.decide(proposal(log, id, Decision.COMMIT, branches));
    }

    private TxnRecord abort(TxnLog log, String id, String reason, TxnBranch... branches) {
        return log.decide(proposal(log, id, Decision.abort(reason), branches));
    }

    private static TxnBranch branch(String id, String participant, byte... payload) {
        return new TxnBranch(id, participant, Payload.of(payload));
    }

    private static TxnBranch branch() {
        return branch("1", "order", (byte) 7);
    }

    @AfterEach
    final void closeAll() {
        if (!opened.isEmpty()) {
            opened.get(0).finish(List.copyOf(decided));
        }
        opened.forEach(TxnLog::close);
    }

    @Test
    final void T1_whatWasDecidedIsFoundByteForByte() {
        TxnLog log = log();
        byte[] everyByte = new byte[256];
        IntStream.range(0, 256).forEach(i -> everyByte[i] = (byte) i);
        List<TxnBranch> branches = List.of(
                branch("1", "order", everyByte),
                branch("2", "~" + "p".repeat(63)),
                branch("b".repeat(32), "inventory", new byte[Payload.MAX_BYTES]));
        TxnProposal proposal = proposal(log, gid, Decision.COMMIT, branches.toArray(TxnBranch[]::new));

        TxnRecord written = log.decide(proposal);

        assertThat(written.state()).isEqualTo(TxnState.COMMITTING);
        assertThat(written.branches()).isEqualTo(branches);
        assertThat(written.epoch()).isEqualTo(1);
        assertThat(written.coordinator()).isEqualTo("somebody/1");
        assertThat(written.deadline().toEpochMilli())
                .isEqualTo(proposal.deadline().toEpochMilli());
        assertThat(log.find(gid)).hasValue(written);
    }

    @Test
    final void T2_anEntryIsMadeOnce() throws Exception {
        TxnLog log = log();
        TxnRecord first = commit(log, gid, branch("1", "first", (byte) 1));

        assertThat(commit(log, gid, branch("1", "second"))).isEqualTo(first);
        assertThat(log.find(gid)).hasValue(first);
        for (int round = 0; round < ROUNDS; round++) {
            String contended = gid + "-" + round;
            List<Callable<TxnRecord>> deciders = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                TxnProposal own = proposal(log, contended, Decision.COMMIT, branch("1", "by-" + i));
                deciders.add(() -> log.decide(own));
            }
            assertThat(new HashSet<>(Crowd.run(deciders))).hasSize(1);
        }
    }

    @Test
    final void T3_theFirstDecisionStands() throws Exception {
        TxnLog log = log();
        String unusual = "r\u0131za g\u00f6sterilmedi \ud83c\udfb2 " + "x".repeat(Decision.MAX_REASON - 22);
        assertThat(abort(log, gid, unusual, branch()).decision()).isEqualTo(Decision.abort(unusual));
        assertThat(commit(log, gid, branch()).decision()).isEqualTo(Decision.abort(unusual));
        assertThat(abort(log, gid, "later", branch()).decision()).isEqualTo(Decision.abort(unusual));
        assertThat(log.status(gid).orElseThrow().reason()).isEqualTo(unusual);
        for (int round = 0; round < ROUNDS; round++) {
            String contended = gid + "-" + round;
            List<Callable<Decision>> deciders = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                TxnProposal own =
                        proposal(log, contended, i % 2 == 0 ? Decision.COMMIT : Decision.abort("by " + i), branch());
                deciders.add(() -> log.decide(own).decision());
            }
            Set<Decision> answers = new HashSet<>(Crowd.run(deciders));
            assertThat(answers).hasSize(1);
            assertThat(answers)
                    .containsExactly(
                            abort(log, contended, "asked again", branch()).decision());
        }
    }

    @Test
    final void T4_aCommitAfterTheDeadlineIsAnAbort() {
        TxnLog log = log();
        decided.add(gid);
        TxnRecord standing =
                log.decide(new TxnProposal(gid, Decision.COMMIT, log.now(), "somebody/1", List.of(branch())));

        assertThat(standing.decision().isCommit()).isFalse();
        assertThat(standing.reason()).isNotEmpty();
        assertThat(standing.branches()).as("they are to be cancelled").containsExactly(branch());
        assertThat(abort(log, gid, "again", branch())).isEqualTo(standing);
    }

    @Test
    final void T5_whatIsFinishedStillTellsItsDecision() {
        TxnLog log = log();
        commit(log, gid + "-commit", branch());
        abort(log, gid + "-abort", "why", branch());
        List<String> all = List.of(gid + "-commit", gid + "-unknown", gid + "-abort");

        log.finish(all);
        log.finish(all);
        log.finish(List.of());

        assertThat(state(log, "-commit")).isEqualTo(TxnState.COMMITTED);
        assertThat(state(log, "-abort")).isEqualTo(TxnState.ABORTED);
        assertThat(log.status(gid + "-unknown")).isEmpty();
        assertThat(abort(log, gid + "-commit", "late", branch()).state()).isEqualTo(TxnState.COMMITTED);
        assertThat(commit(log, gid + "-abort", branch()).reason()).isEqualTo("why");
    }

    private TxnState state(TxnLog log, String suffix) {
        return log.status(gid + suffix).orElseThrow().state();
    }

    @Test
    final void T6_theUnfinishedAreListedOldestFirst() {
        TxnLog log = log();
        for (int i = 0; i < 4; i++) {
            if (i == 2) {
                abort(log, gid + "-" + i, "why", branch());
            } else {
                commit(log, gid + "-" + i, branch());
            }
            awaitTick(log);
        }
        log.finish(List.of(gid + "-1"));

        assertThat(log.unfinished(100))
                .extracting(TxnStatus::gid, TxnStatus::state, TxnStatus::reason)
                .containsExactly(
                        tuple(gid + "-0", TxnState.COMMITTING, ""),
                        tuple(gid + "-2", TxnState.ABORTING, "why"),
                        tuple(gid + "-3", TxnState.COMMITTING, ""));
        assertThat(log.unfinished(1)).extracting(TxnStatus::gid).containsExactly(gid + "-0");
        assertThatIllegalArgumentException().isThrownBy(() -> log.unfinished(0)).withMessageContaining("0");
    }

    /** Returns when the log's clock has moved on. */
    private static void awaitTick(TxnLog log) {
        Instant before = log.now();
        while (!log.now().isAfter(before)) {
            Thread.onSpinWait();
        }
    }

    @Test
    final void T7_whatIsAbandonedIsClaimedOnce_underAHigherEpoch() throws Exception {
        TxnLog log = log();
        TxnRecord was = commit(log, gid, branch());
        List<Callable<List<TxnRecord>>> claimants = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String coordinator = join(log);
            claimants.add(() -> log.claim(coordinator, 10));
        }

        List<TxnRecord> claimed =
                Crowd.run(claimants).stream().flatMap(List::stream).toList();

        assertThat(claimed).hasSize(1);
        TxnRecord mine = claimed.get(0);
        assertThat(mine.epoch()).isEqualTo(was.epoch() + 1);
        assertThat(mine.branches()).isEqualTo(was.branches());
        assertThat(log.find(gid)).hasValue(mine);
        log.leave(mine.coordinator());
        String next = join(log);
        assertThat(log.claim(next, 10)).extracting(TxnRecord::epoch).containsExactly(was.epoch() + 2);
        log.leave(next);
        log.finish(List.of(gid));
        assertThat(log.claim(join(log), 10)).as("finished: nothing to claim").isEmpty();
    }

    @Test
    final void T8_whatWasAcknowledgedIsSeenByOthers() {
        TxnLog mine = log();
        TxnLog other = log();
        TxnRecord written = commit(mine, gid, branch());
        assertThat(other.find(gid)).hasValue(written);
        mine.close();
        assertThat(other.status(gid).orElseThrow().state()).isEqualTo(TxnState.COMMITTING);
        assertThat(log().status(gid).orElseThrow().state()).isEqualTo(TxnState.COMMITTING);
    }

    @Test
    final void T9_gidsDifferByEveryCharacter() {
        TxnLog log = log();
        String longest = gid + "!~" + "x".repeat(64 - gid.length() - 3);
        commit(log, longest + "a", branch("1", "lower"));
        commit(log, longest + "A", branch("1", "upper"));
        commit(log, longest.toUpperCase(Locale.ROOT) + "a", branch("1", "shout"));

        assertThat(participant(log, longest + "a")).isEqualTo("lower");
        assertThat(participant(log, longest + "A")).isEqualTo("upper");
    }

    private static String participant(TxnLog log, String id) {
        return log.find(id).orElseThrow().branches().get(0).participant();
    }

    @Test
    final void T10_toReadDecidesNothing() {
        TxnLog log = log();

        assertThat(log.status(gid)).isEmpty();
        assertThat(log.find(gid)).isEmpty();
        log.finish(List.of(gid));

        assertThat(commit(log, gid, branch()).state()).isEqualTo(TxnState.COMMITTING);
    }

    @Test
    final void T11_aMalformedGidIsRefusedByItsValue() {
        TxnLog log = log();
        for (String bad : List.of("", "with space", "x".repeat(65), "\u00fc", "tab\t")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> log.status(bad))
                    .withMessageContaining("'" + bad + "'");
            assertThatIllegalArgumentException().isThrownBy(() -> log.find(bad));
        }
    }

    @Test
    final void T12_whatACoordinatorWithALeaseHasIsLeftToIt() {
        TxnLog log = log();
        String owner = join(log);
        decided.add(gid);
        log.decide(new TxnProposal(gid, Decision.COMMIT, log.now().plus(LONG), owner, List.of(branch())));
        String other = join(log);

        assertThat(log.claim(other, 10)).isEmpty();
        assertThat(log.find(gid).orElseThrow().coordinator()).isEqualTo(owner);
        log.leave(owner);
        assertThat(log.claim(other, 10)).extracting(TxnRecord::gid).containsExactly(gid);
    }

    @Test
    final void T13_aLeaseLastsAsLongAsItSays_orUntilItsNameIsUsedAgain() {
        TxnLog log = log();
        String name = "coordinator-" + UUID.randomUUID();
        CoordinatorLease first = log.join(name, Duration.ofMillis(1));
        awaitTick(log);
        awaitTick(log);
        decided.add(gid);
        log.decide(new TxnProposal(gid, Decision.COMMIT, log.now().plus(LONG), first.coordinator(), List.of(branch())));
        assertThat(log.claim(join(log), 10)).as("it had run out").hasSize(1);
        TxnRecord claimed = log.find(gid).orElseThrow();

        CoordinatorLease renewed = log.renew(first.coordinator(), LONG).orElseThrow();
        assertThat(renewed.coordinator()).isEqualTo(first.coordinator());
        assertThat(Duration.between(renewed.now(), renewed.until())).isGreaterThan(LONG.dividedBy(2));
        assertThat(log.find(gid)).as("what was claimed stays claimed").hasValue(claimed);

        CoordinatorLease second = log.join(name, LONG);
        assertThat(second.coordinator()).isNotEqualTo(first.coordinator());
        assertThat(log.renew(first.coordinator(), LONG)).isEmpty();
        assertThat(log.renew(second.coordinator(), LONG)).isPresent();
        log.leave(second.coordinator());
        assertThat(log.renew(second.coordinator(), LONG)).as("it has left").isEmpty();
    }

    @Test
    final void T14_anAbortThatNobodyHasToBeToldOfIsFinishedAtOnce_andStands() {
        TxnLog log = log();
        assertThat(abort(log, gid, "why").state()).isEqualTo(TxnState.ABORTED);
        assertThat(log.unfinished(10)).isEmpty();
        assertThat(commit(log, gid, branch()).reason()).isEqualTo("why");
    }

    @Test
    final void T15_whatMayStillBeDecidedIsNotAbortedByAnInquiry() {
        TxnLog log = log();
        String alive = join(log);
        TxnProposal inquiry =
                new TxnProposal(gid, Decision.abort("asked"), log.now().plus(LONG), alive, List.of());

        assertThat(log.resolve(inquiry)).isEmpty();
        TxnRecord standing = commit(log, gid, branch());
        assertThat(standing.decision()).isEqualTo(Decision.COMMIT);
        assertThat(log.resolve(inquiry)).as("the decision there is").hasValue(standing);
    }

    @Test
    final void T16_whatCannotBeExpectedAnyMoreIsAbortedBeforeTheAnswer() {
        TxnLog log = log();
        String alive = join(log);
        String gone = join(log);
        log.leave(gone);
        List<TxnProposal> inquiries = List.of(
                new TxnProposal(gid + "-late", Decision.abort("asked"), log.now(), alive, List.of()),
                new TxnProposal(
                        gid + "-gone", Decision.abort("asked"), log.now().plus(LONG), gone, List.of()),
                new TxnProposal(
                        gid + "-never", Decision.abort("asked"), log.now().plus(LONG), "never/1", List.of()));
        for (TxnProposal inquiry : inquiries) {
            assertThat(log.resolve(inquiry).orElseThrow().decision()).isEqualTo(Decision.abort("asked"));
            assertThat(commit(log, inquiry.gid(), branch()).reason()).isEqualTo("asked");
        }
    }

    @Test
    final void T17_onlyWhatIsFinishedAndPastItsDeadlineIsForgotten() {
        TxnLog log = log();
        Instant soon = log.now().plusMillis(1);
        for (String id : List.of(gid + "-finished", gid + "-unfinished")) {
            decided.add(id);
            log.decide(new TxnProposal(id, Decision.abort("why"), soon, "somebody/1", List.of(branch())));
        }
        log.finish(List.of(gid + "-finished"));
        abort(log, gid + "-deadline-ahead", "why");
        awaitTick(log);
        awaitTick(log);

        log.purge(LONG, Integer.MAX_VALUE);
        assertThat(log.status(gid + "-finished")).as("too young").isPresent();
        assertThat(log.purge(Duration.ZERO, Integer.MAX_VALUE)).isPositive();
        assertThat(log.status(gid + "-finished")).isEmpty();
        assertThat(log.status(gid + "-unfinished")).isPresent();
        assertThat(log.status(gid + "-deadline-ahead")).isPresent();
    }

    @Test
    final void T18_whatNeedsAttentionStays_withItsNote_untilItIsRetried() {
        TxnLog log = log();
        TxnRecord was = commit(log, gid, branch());
        String note = "\u00fc\u00e7 deneme " + "x".repeat(TxnLog.MAX_NOTE);
        log.needAttention(gid, note);

        TxnStatus status = log.status(gid).orElseThrow();
        assertThat(status.needsAttention()).isTrue();
        assertThat(status.note()).isEqualTo(note.substring(0, TxnLog.MAX_NOTE));
        assertThat(log.unfinished(10)).containsExactly(status);
        String coordinator = join(log);
        assertThat(log.claim(coordinator, 10))
                .as("nobody but a person begins again")
                .isEmpty();
        TxnRecord taken = log.retry(gid, coordinator).orElseThrow();
        assertThat(taken.epoch()).isEqualTo(was.epoch() + 1);
        assertThat(taken.coordinator()).isEqualTo(coordinator);
        assertThat(log.status(gid).orElseThrow().needsAttention()).isFalse();
        assertThat(log.retry(gid, coordinator)).as("it needs none").isEmpty();
        log.finish(List.of(gid));
        log.needAttention(gid, "late");
        assertThat(log.status(gid).orElseThrow().needsAttention()).isFalse();
    }

    @Test
    final void T19_whatIsEndedByHandIsFinished_andKeepsTheReason() {
        TxnLog log = log();
        commit(log, gid, branch());
        log.needAttention(gid, "silent");
        log.finishByHand(gid, "gerek\u00e7e");
        log.finishByHand(gid, "another");
        log.finishByHand(gid + "-unknown", "nothing there");

        TxnStatus status = log.status(gid).orElseThrow();
        assertThat(status.state()).isEqualTo(TxnState.COMMITTED);
        assertThat(status.note()).isEqualTo("gerek\u00e7e");
        assertThat(status.needsAttention()).isFalse();
        assertThat(log.status(gid + "-unknown")).isEmpty();
        TxnRecord old = committedUntilNow(log);
        log.finishByHand(old.gid(), "why");
        TxnStatus kept = log.status(old.gid()).orElseThrow();
        awaitTick(log);
        log.purge(Duration.ZERO, Integer.MAX_VALUE);
        assertThat(log.status(old.gid())).as("a branch may still ask").hasValue(kept);
    }

    /** A commit whose deadline is over; tried until one is not too late. */
    private TxnRecord committedUntilNow(TxnLog log) {
        for (int run = 1; ; run++) {
            String id = gid + "-" + run;
            decided.add(id);
            Instant soon = log.now().plusMillis(200);
            TxnRecord record = log.decide(new TxnProposal(id, Decision.COMMIT, soon, "somebody/1", List.of(branch())));
            if (record.state().isCommit()) {
                while (!log.now().isAfter(soon)) {
                    awaitTick(log);
                }
                return record;
            }
        }
    }

    @Test
    final void T20_transactionsAreListedByStateAndAge() {
        TxnLog log = log();
        commit(log, gid + "-old", branch());
        awaitTick(log);
        commit(log, gid + "-done", branch());
        abort(log, gid + "-aborting", "why", branch());
        log.finish(List.of(gid + "-done"));

        assertThat(log.list(Set.of(TxnState.COMMITTING, TxnState.COMMITTED), Duration.ZERO, Integer.MAX_VALUE))
                .extracting(TxnStatus::gid)
                .containsSubsequence(gid + "-old", gid + "-done")
                .doesNotContain(gid + "-aborting");
        assertThat(log.list(Set.of(TxnState.values()), LONG, 10))
                .as("none is that old")
                .isEmpty();
        assertThat(log.list(Set.of(), Duration.ZERO, 10)).isEmpty();
    }
}
