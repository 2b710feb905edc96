package io.coordkit.testkit.lock.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.lock.fault.HistoryEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories of broken locks, each of which one model refuses. */
class HistoryTest {
    private static final Duration NO_MARGIN = Duration.ZERO;

    private final List<HistoryEvent> events = new ArrayList<>();

    private HistoryTest happens(Kind kind, int worker, long tenure, long token) {
        return happens(kind, worker, tenure, token, true, true);
    }

    /** A millisecond after what happened before. */
    private HistoryTest happens(Kind kind, int worker, long tenure, long token, boolean checked, boolean accepted) {
        long at = Duration.ofMillis(events.size()).toNanos();
        events.add(new HistoryEvent(kind, worker, tenure, 0, token, checked, accepted, at));
        return this;
    }

    private History history() {
        return new History(events);
    }

    private void requireSound() {
        assertThat(history().overlaps(NO_MARGIN)).isEmpty();
        assertThat(history().staleAccepted()).isEmpty();
        assertThat(history().repeatedTokens()).isEmpty();
        assertThat(history().changedOnReentry()).isEmpty();
    }

    @Test
    void aSoundHistoryPassesEveryModel() {
        happens(Kind.REQUEST, 1, 0, 0)
                .happens(Kind.ENTER, 1, 1, 10)
                .happens(Kind.REQUEST, 2, 0, 0)
                .happens(Kind.WRITE, 1, 1, 10)
                .happens(Kind.REENTER, 1, 1, 10)
                .happens(Kind.EXIT, 1, 1, 10)
                .happens(Kind.ENTER, 2, 2, 11)
                .happens(Kind.WRITE, 2, 2, 11)
                .happens(Kind.WRITE, 1, 1, 10, false, false);
        requireSound();
        assertThat(history().overtakings(NO_MARGIN)).isEmpty();
        assertThat(history().entries()).isEqualTo(2);
        assertThat(history().writes()).isEqualTo(2);
        assertThat(history().refused()).isEqualTo(1);
    }

    @Test
    void aWriteAfterAnotherHasEnteredIsAnOverlapUnlessNobodyAsked() {
        happens(Kind.ENTER, 1, 1, 10).happens(Kind.ENTER, 2, 2, 11).happens(Kind.WRITE, 1, 1, 10, false, false);
        requireSound();
        happens(Kind.WRITE, 1, 1, 10, true, false).happens(Kind.WRITE, 1, 1, 10, true, false);
        assertThat(history().overlaps(NO_MARGIN)).hasSize(1);
        assertThat(history().overlaps(Duration.ofSeconds(1))).isEmpty();
    }

    @Test
    void anAcceptedWriteWithALowerTokenIsStale() {
        happens(Kind.ENTER, 1, 1, 10).happens(Kind.ENTER, 2, 2, 11).happens(Kind.WRITE, 1, 1, 10, false, true);
        assertThat(history().staleAccepted()).hasSize(1);
    }

    @Test
    void anAcceptedWriteOfAnEarlierTenureIsStaleWithoutTokens() {
        happens(Kind.ENTER, 1, 1, 0).happens(Kind.ENTER, 2, 2, 0).happens(Kind.WRITE, 1, 1, 0, false, true);
        assertThat(history().staleAccepted()).hasSize(1);
    }

    @Test
    void anEntryWithALowerTokenIsStaleUnlessItsEraIsHigher() {
        happens(Kind.ENTER, 1, 1, 1_000);
        events.add(new HistoryEvent(
                Kind.ENTER, 2, 2, 1, 5, true, true, Duration.ofMillis(1).toNanos()));
        requireSound();
        happens(Kind.ENTER, 1, 3, 2_000);
        assertThat(history().staleAccepted()).hasSize(1);
    }

    @Test
    void aTokenOfTwoTenuresIsRepeated() {
        happens(Kind.ENTER, 1, 1, 10).happens(Kind.EXIT, 1, 1, 10).happens(Kind.ENTER, 2, 2, 10);
        assertThat(history().repeatedTokens()).hasSize(1);
        assertThat(history().staleAccepted()).isEmpty();
    }

    @Test
    void anotherTokenOnReentryIsNoticed() {
        happens(Kind.ENTER, 1, 1, 10).happens(Kind.REENTER, 1, 1, 11);
        assertThat(history().changedOnReentry()).hasSize(1);
    }

    @Test
    void whoEntersBeforeOneThatWaitedLongerOvertakes() {
        happens(Kind.REQUEST, 1, 0, 0).happens(Kind.REQUEST, 2, 0, 0).happens(Kind.ENTER, 2, 1, 10);
        assertThat(history().overtakings(NO_MARGIN)).hasSize(1);
        assertThat(history().overtakings(Duration.ofMillis(1))).isEmpty();
    }

    @Test
    void whoGaveUpIsNotOvertaken() {
        happens(Kind.REQUEST, 1, 0, 0)
                .happens(Kind.BUSY, 1, 0, 0)
                .happens(Kind.REQUEST, 2, 0, 0)
                .happens(Kind.REQUEST, 1, 0, 0)
                .happens(Kind.ENTER, 2, 1, 10);
        assertThat(history().overtakings(NO_MARGIN)).isEmpty();
    }

    @Test
    void theFirstEntryAfterAMomentIsFound() {
        happens(Kind.ENTER, 1, 1, 10).happens(Kind.WRITE, 1, 1, 10).happens(Kind.ENTER, 2, 2, 11);
        assertThat(history().firstEntryAfter(0)).contains(Duration.ofMillis(2));
        assertThat(history().firstEntryAfter(Duration.ofMillis(2).toNanos())).isEmpty();
        assertThat(history().entriesOf(1, Long.MIN_VALUE)).isEqualTo(1);
        assertThat(history().entriesOf(1, 0)).isZero();
    }
}
