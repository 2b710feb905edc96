package io.coordkit.lock.redlock;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the outcome of a proposal to five nodes is certain. */
class BallotTest {
    private static final NodeAnswer YES = new NodeAnswer.Voted();
    private static final NodeAnswer A = new NodeAnswer.Taken("a:1 7", ofSeconds(2));
    private static final NodeAnswer B = new NodeAnswer.Taken("b:1 8", ofSeconds(3));
    private static final NodeAnswer LOW = new NodeAnswer.TooLow(9);
    private static final NodeAnswer AWAY = new NodeAnswer.Absent("no answer in time");

    private static CompletableFuture<Outcome> outcome(NodeAnswer... answers) {
        List<RedlockNode> nodes = IntStream.range(0, 5)
                .mapToObj(i -> new RedlockNode(
                        "node " + i,
                        new NodeAdmission(
                                () -> {
                                    throw new IllegalStateException("not needed");
                                },
                                client -> {},
                                Runnable::run,
                                System::nanoTime),
                        NodeScripts.load(),
                        Collections.emptyList()))
                .toList();
        Ballot ballot = new Ballot(nodes);
        for (int i = 0; i < answers.length; i++) {
            ballot.count(i, answers[i]);
        }
        return ballot.outcome();
    }

    @Test
    void aMajorityWinsWhateverTheOthersSay() {
        assertThat(outcome(YES, YES)).isNotDone();
        assertThat(outcome(YES, YES, YES)).isCompletedWithValue(new Outcome.Won());
        assertThat(outcome(A, AWAY, YES, YES, YES)).isCompletedWithValue(new Outcome.Won());
    }

    @Test
    void aMajorityOfAnotherHolds() {
        assertThat(outcome(A, A, A)).isCompletedWithValue(new Outcome.Held(ofSeconds(2)));
        assertThat(outcome(A, A, B, YES)).as("the last may be a's").isNotDone();
        assertThat(outcome(A, A, B, YES, A)).isCompletedWithValue(new Outcome.Held(ofSeconds(2)));
    }

    @Test
    void whereAHigherValueMayWinItIsOutbid() {
        assertThat(outcome(LOW, LOW)).isNotDone();
        assertThat(outcome(LOW, LOW, LOW)).isCompletedWithValue(new Outcome.Outbid(9));
        assertThat(outcome(YES, LOW, LOW, A, A)).isCompletedWithValue(new Outcome.Outbid(9));
    }

    @Test
    void withoutAMajorityOfAnybodyItIsSplit() {
        assertThat(outcome(YES, YES, A, A)).isNotDone();
        assertThat(outcome(YES, YES, A, A, B)).isCompletedWithValue(new Outcome.Split());
        assertThat(outcome(YES, YES, A, AWAY, AWAY)).as("a may hold").isCompletedWithValue(new Outcome.Split());
    }

    @Test
    void whereTooManyAreAwayTheReasonsAreGiven() {
        assertThat(outcome(YES, AWAY, AWAY)).isNotDone();
        assertThat(outcome(YES, AWAY, AWAY, AWAY))
                .isCompletedWithValueMatching(outcome -> outcome instanceof Outcome.NoQuorum none
                        && none.why()
                                .startsWith("fewer than 3 of 5 nodes can vote: node 1: no answer in time; node 2"));
    }
}
