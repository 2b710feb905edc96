package io.coordkit.lock.redlock;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockLostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a renewal does about nodes that have not voted for the holder. */
class RedlockRenewalTest {
    private static final RedlockOptions OPTIONS = new RedlockOptions(ofSeconds(3), Duration.ofMillis(500));
    private static final Duration PATIENCE = ofSeconds(20);
    private static final String NAME = "sku:4711";
    private static final String ANOTHERS = "another:1 1";

    private TestNodes nodes;
    private LockClient client;

    @BeforeEach
    void start() {
        nodes = TestNodes.startReady(5, OPTIONS);
        client = nodes.openClient();
    }

    @AfterEach
    void stop() {
        client.close();
        nodes.close();
    }

    /** A hold by the votes of the first three: the others have another's, which then go. */
    private Hold electedByThree() throws InterruptedException {
        String key = RedlockKeys.of(NAME).lock();
        for (int node : List.of(3, 4)) {
            nodes.server(node).command("SET", key, ANOTHERS);
        }
        Hold hold = client.mutex(NAME).acquire(PATIENCE);
        assertThat(List.of(3, 4)).allMatch(node -> ANOTHERS.equals(nodes.voteOf(node, NAME)));
        for (int node : List.of(3, 4)) {
            nodes.server(node).command("DEL", key);
        }
        return hold;
    }

    @Test
    void whoWasElectedByABareMajorityGetsTheOtherVotesAndOutlivesTwoOfItsVoters() throws Exception {
        Hold hold = electedByThree();
        String vote = nodes.voteOf(0, NAME);
        TestNodes.await(
                "the votes of the others",
                PATIENCE,
                () -> nodes.voteOf(3, NAME) != null && nodes.voteOf(4, NAME) != null);
        assertThat(List.of(nodes.voteOf(3, NAME), nodes.voteOf(4, NAME))).containsOnly(vote);
        nodes.kill(0);
        nodes.kill(1);
        TimeUnit.MILLISECONDS.sleep(OPTIONS.maxTtl().toMillis() * 2);
        hold.check();
        hold.close();
        TestNodes.await(
                "the votes taken back",
                PATIENCE,
                () -> List.of(2, 3, 4).stream().allMatch(node -> nodes.voteOf(node, NAME) == null));
    }

    @Test
    void aVoterThatFailsBeforeTheFirstRenewalIsReplacedByOneThatHasNotVoted() throws Exception {
        Hold hold = electedByThree();
        nodes.kill(0);
        TimeUnit.MILLISECONDS.sleep(OPTIONS.maxTtl().toMillis() * 2);
        hold.check();
        assertThat(nodes.voteOf(3, NAME)).isEqualTo(nodes.voteOf(1, NAME)).isNotNull();
    }

    @Test
    void aLockThatSomebodyHasDeletedIsNotVotedForAgain() throws Exception {
        Hold hold = electedByThree();
        CountDownLatch lost = new CountDownLatch(1);
        hold.onLost(lost::countDown);
        TestNodes.await(
                "the votes of all", PATIENCE, () -> nodes.voteOf(3, NAME) != null && nodes.voteOf(4, NAME) != null);
        nodes.loseLock(NAME);
        assertThat(lost.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThatThrownBy(hold::check).isInstanceOf(LockLostException.class);
    }
}
