package io.coordkit.testkit.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.coordkit.testkit.Crowd;
import io.coordkit.txn.DuplicateGidException;
import io.coordkit.txn.Payload;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
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

/**
 * What every transaction log must keep; the rules stand in {@code docs/contract.md}. A log's test extends this class and
 * says how to reach its store, which must hold nothing unfinished at first and be used by nobody else meanwhile.
 */
@Tag("contract")
public abstract class TxnLogContract {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int THREADS = 8;
    private static final int ROUNDS = 20;

    private final List<TxnLog> opened = new ArrayList<>();
    private final Set<String> begun = new HashSet<>();
    private final String gid = "Contract-" + UUID.randomUUID();

    /** A new log on the store under test, the same store each time, as another process would open it. */
    protected abstract TxnLog openLog();

    private TxnLog log() {
        TxnLog log = openLog();
        opened.add(log);
        return log;
    }

    private void begin(TxnLog log, String id, TxnBranch... branches) {
        begun.add(id);
        log.begin(id, LONG, List.of(branches));
    }

    private static TxnBranch branch(String id, String participant, byte... payload) {
        return new TxnBranch(id, participant, Payload.of(payload));
    }

    @AfterEach
    final void closeAll() {
        if (!opened.isEmpty()) {
            begun.forEach(id -> opened.get(0).decide(id, Decision.abort("the test is over")));
            opened.get(0).finish(List.copyOf(begun));
        }
        opened.forEach(TxnLog::close);
    }

    @Test
    final void T1_whatWasBegunIsFoundByteForByte() {
        TxnLog log = log();
        byte[] everyByte = new byte[256];
        IntStream.range(0, 256).forEach(i -> everyByte[i] = (byte) i);
        List<TxnBranch> branches = List.of(
                branch("1", "order", everyByte),
                branch("2", "~" + "p".repeat(63)),
                branch("b".repeat(32), "inventory", new byte[Payload.MAX_BYTES]));
        begin(log, gid, branches.toArray(TxnBranch[]::new));

        TxnStatus status = log.status(gid).orElseThrow();
        TxnRecord found = log.takeOver(gid).orElseThrow();

        assertThat(status.state()).isEqualTo(TxnState.ACTIVE);
        assertThat(status.reason()).isEmpty();
        assertThat(found.branches()).isEqualTo(branches);
        assertThat(found.deadline()).isEqualTo(status.begun().plus(LONG));
    }

    @Test
    final void T2_aGidIsBegunOnce() throws Exception {
        TxnLog log = log();
        begin(log, gid, branch("1", "first", (byte) 1));

        assertThatThrownBy(() -> log.begin(gid, LONG, List.of(branch("1", "second"))))
                .isInstanceOfSatisfying(
                        DuplicateGidException.class, e -> assertThat(e.gid()).isEqualTo(gid));
        assertThat(log.takeOver(gid).orElseThrow().branches()).containsExactly(branch("1", "first", (byte) 1));
        for (int round = 0; round < ROUNDS; round++) {
            String contended = gid + "-" + round;
            begun.add(contended);
            Callable<Boolean> beginner = () -> {
                try {
                    log.begin(contended, LONG, List.of());
                    return true;
                } catch (DuplicateGidException e) {
                    return false;
                }
            };
            assertThat(Crowd.run(
                            IntStream.range(0, THREADS).mapToObj(i -> beginner).toList()))
                    .containsOnlyOnce(true);
        }
    }

    @Test
    final void T3_theFirstDecisionStands() throws Exception {
        TxnLog log = log();
        String unusual = "r\u0131za g\u00f6sterilmedi \ud83c\udfb2 " + "x".repeat(Decision.MAX_REASON - 22);
        begin(log, gid);
        assertThat(log.decide(gid, Decision.abort(unusual))).isEqualTo(Decision.abort(unusual));
        assertThat(log.decide(gid, Decision.COMMIT)).isEqualTo(Decision.abort(unusual));
        assertThat(log.decide(gid, Decision.abort("later"))).isEqualTo(Decision.abort(unusual));
        assertThat(log.status(gid).orElseThrow().reason()).isEqualTo(unusual);
        for (int round = 0; round < ROUNDS; round++) {
            String contended = gid + "-" + round;
            begin(log, contended);
            List<Callable<Decision>> deciders = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Decision own = i % 2 == 0 ? Decision.COMMIT : Decision.abort("by " + i);
                deciders.add(() -> log.decide(contended, own));
            }
            Set<Decision> answers = new HashSet<>(Crowd.run(deciders));
            assertThat(answers).hasSize(1);
            assertThat(answers).containsExactly(log.decide(contended, Decision.abort("asked again")));
        }
    }

    @Test
    final void T4_aCommitAfterTheDeadlineIsAnAbort() {
        TxnLog log = log();
        begun.add(gid);
        log.begin(gid, Duration.ofMillis(1), List.of());
        awaitLogClockBeyondDeadline(log);

        Decision standing = log.decide(gid, Decision.COMMIT);

        assertThat(standing.isCommit()).isFalse();
        assertThat(standing.reason()).isNotEmpty();
        assertThat(log.decide(gid, Decision.COMMIT)).isEqualTo(standing);
    }

    /** What is begun now is begun by the log's own clock. */
    private void awaitLogClockBeyondDeadline(TxnLog log) {
        TxnRecord transaction = log.takeOver(gid).orElseThrow();
        for (int probe = 0; ; probe++) {
            String id = gid + "-probe-" + probe;
            begin(log, id);
            if (log.status(id).orElseThrow().begun().isAfter(transaction.deadline())) {
                return;
            }
        }
    }

    @Test
    final void T5_onlyWhatIsDecidedCanBeFinished() {
        TxnLog log = log();
        begin(log, gid + "-active");
        begin(log, gid + "-commit");
        begin(log, gid + "-abort");
        log.decide(gid + "-commit", Decision.COMMIT);
        log.decide(gid + "-abort", Decision.abort("why"));
        List<String> all = List.of(gid + "-active", gid + "-commit", gid + "-unknown", gid + "-abort");

        log.finish(all);
        log.finish(all);
        log.finish(List.of());

        assertThat(state(log, "-active")).isEqualTo(TxnState.ACTIVE);
        assertThat(state(log, "-commit")).isEqualTo(TxnState.COMMITTED);
        assertThat(state(log, "-abort")).isEqualTo(TxnState.ABORTED);
        assertThat(log.status(gid + "-unknown")).isEmpty();
        assertThat(log.decide(gid + "-commit", Decision.abort("late"))).isEqualTo(Decision.COMMIT);
        assertThat(log.decide(gid + "-abort", Decision.COMMIT)).isEqualTo(Decision.abort("why"));
    }

    private TxnState state(TxnLog log, String suffix) {
        return log.status(gid + suffix).orElseThrow().state();
    }

    @Test
    final void T6_theUnfinishedAreListedOldestFirst() {
        TxnLog log = log();
        for (int i = 0; i < 4; i++) {
            begin(log, gid + "-" + i);
            awaitLaterBegin(log, i);
        }
        log.decide(gid + "-0", Decision.COMMIT);
        log.decide(gid + "-1", Decision.COMMIT);
        log.decide(gid + "-2", Decision.abort("why"));
        log.finish(List.of(gid + "-1"));

        assertThat(log.unfinished(100).stream().filter(status -> !status.gid().contains("probe")))
                .extracting(TxnStatus::gid, TxnStatus::state, TxnStatus::reason)
                .containsExactly(
                        tuple(gid + "-0", TxnState.COMMITTING, ""),
                        tuple(gid + "-2", TxnState.ABORTING, "why"),
                        tuple(gid + "-3", TxnState.ACTIVE, ""));
        assertThat(log.unfinished(1)).extracting(TxnStatus::gid).containsExactly(gid + "-0");
        assertThatIllegalArgumentException().isThrownBy(() -> log.unfinished(0)).withMessageContaining("0");
    }

    /** Returns when the log's clock has moved on since that one was begun; what it tried with is finished. */
    private void awaitLaterBegin(TxnLog log, int number) {
        TxnStatus before = log.status(gid + "-" + number).orElseThrow();
        for (int probe = 0; ; probe++) {
            String id = gid + "-" + number + "-probe-" + probe;
            begin(log, id);
            log.decide(id, Decision.abort("a probe"));
            log.finish(List.of(id));
            if (log.status(id).orElseThrow().begun().isAfter(before.begun())) {
                return;
            }
        }
    }

    @Test
    final void T7_everyTakeOverHasAnEpochOfItsOwn() throws Exception {
        TxnLog log = log();
        begin(log, gid);
        Callable<Long> taker = () -> log.takeOver(gid).orElseThrow().epoch();

        List<Long> epochs =
                Crowd.run(IntStream.range(0, THREADS).mapToObj(i -> taker).toList());

        assertThat(epochs)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(2, 2 + THREADS).mapToObj(Long::valueOf).toList());
        log.decide(gid, Decision.COMMIT);
        assertThat(taker.call()).isEqualTo(2 + THREADS);
        log.finish(List.of(gid));
        assertThat(taker.call()).as("finished: nothing to take over").isEqualTo(2 + THREADS);
    }

    @Test
    final void T8_whatWasAcknowledgedIsSeenByOthers() {
        TxnLog mine = log();
        TxnLog other = log();
        begin(mine, gid, branch("1", "order", (byte) 7));
        assertThat(other.takeOver(gid).orElseThrow().branches()).containsExactly(branch("1", "order", (byte) 7));
        mine.decide(gid, Decision.COMMIT);
        mine.close();
        assertThat(other.status(gid).orElseThrow().state()).isEqualTo(TxnState.COMMITTING);
        assertThat(log().status(gid).orElseThrow().state()).isEqualTo(TxnState.COMMITTING);
    }

    @Test
    final void T9_gidsDifferByEveryCharacter() {
        TxnLog log = log();
        String longest = gid + "!~" + "x".repeat(64 - gid.length() - 3);
        begin(log, longest + "a", branch("1", "lower"));
        begin(log, longest + "A", branch("1", "upper"));
        begin(log, longest.toUpperCase(Locale.ROOT) + "a", branch("1", "shout"));

        assertThat(log.takeOver(longest + "a").orElseThrow().branches().get(0).participant())
                .isEqualTo("lower");
        assertThat(log.takeOver(longest + "A").orElseThrow().branches().get(0).participant())
                .isEqualTo("upper");
    }

    @Test
    final void T10_whatItDoesNotHaveItDoesNotDecide() {
        TxnLog log = log();

        assertThat(log.status(gid)).isEmpty();
        assertThat(log.takeOver(gid)).isEmpty();
        assertThatThrownBy(() -> log.decide(gid, Decision.abort("why")))
                .isInstanceOf(TxnException.class)
                .hasMessageContaining(gid);
        begin(log, gid);
        assertThat(log.decide(gid, Decision.COMMIT)).isEqualTo(Decision.COMMIT);
    }

    @Test
    final void T11_aMalformedGidIsRefusedByItsValue() {
        TxnLog log = log();
        for (String bad : List.of("", "with space", "x".repeat(65), "\u00fc", "tab\t")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> log.begin(bad, LONG, List.of()))
                    .withMessageContaining("'" + bad + "'");
            assertThatIllegalArgumentException().isThrownBy(() -> log.status(bad));
            assertThatIllegalArgumentException().isThrownBy(() -> log.takeOver(bad));
            assertThatIllegalArgumentException().isThrownBy(() -> log.decide(bad, Decision.COMMIT));
        }
    }
}
