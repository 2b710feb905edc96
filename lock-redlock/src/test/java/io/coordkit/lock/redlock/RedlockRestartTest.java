package io.coordkit.lock.redlock;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of votes when nodes lose their data: nobody votes before all forgotten votes have expired. */
class RedlockRestartTest {
    private static final RedlockOptions OPTIONS = new RedlockOptions(ofSeconds(6), ofMillis(1500));
    private static final Duration TTL = OPTIONS.maxTtl();
    private static final Duration PATIENCE = ofSeconds(100);

    private static TestNodes nodes;
    private static LockClient client;

    /** Starts five new servers, sees them refuse to vote, and waits for them. */
    @BeforeAll
    static void start() throws Exception {
        long startedAt = System.nanoTime();
        nodes = TestNodes.start(5, OPTIONS);
        client = nodes.openClient();
        assertThatThrownBy(() -> client.mutex("first").tryAcquire())
                .isInstanceOf(LockUnreachableException.class)
                .hasMessageContaining("fewer than 3 of 5 nodes can vote")
                .hasMessageContaining("does not vote for another PT")
                .satisfies(refusal -> System.out.println("New nodes: " + refusal.getMessage()));
        client.mutex("first").acquire(PATIENCE).close();
        Duration took = ofNanos(System.nanoTime() - startedAt);
        System.out.println("New nodes voted after " + took.toMillis() + " ms with a max TTL of " + TTL);
        assertThat(took).isGreaterThan(nodes.delay());
        for (int i = 0; i < 5; i++) {
            awaitReady(i);
        }
    }

    @AfterAll
    static void stop() {
        nodes.close();
        if (client != null) {
            client.close();
        }
    }

    private static void awaitReady(int node) {
        RedlockKeys keys = RedlockKeys.of("probe:" + node);
        try (RedlockLockBackend probe = nodes.openBackend()) {
            TestNodes.await("node " + node + " votes", PATIENCE, () -> {
                NodeAnswer answer = vote(probe, node, keys, "probe:1");
                return answer instanceof NodeAnswer.Voted || answer instanceof NodeAnswer.TooLow;
            });
            probe.nodes().get(node).abandon(keys, "probe:1").join();
        }
    }

    private static NodeAnswer vote(RedlockLockBackend backend, int node, RedlockKeys keys, String candidate) {
        String millis = Long.toString(TTL.toMillis());
        return backend.nodes()
                .get(node)
                .vote(keys, candidate, backend.proposal(), millis)
                .handle((reply, failure) ->
                        reply == null ? new NodeAnswer.Absent(String.valueOf(failure)) : NodeAnswer.of(reply))
                .join();
    }

    /** A has a majority on nodes 0, 1 and 2; node 2 forgets it; B asks all. */
    private static void aThirdVoteIsForgotten(String name, Runnable forget) throws Exception {
        try (RedlockLockBackend a = nodes.openBackend();
                LockClient b = nodes.openClient()) {
            b.mutex("warm").acquire(PATIENCE).close();
            RedlockKeys keys = RedlockKeys.of(name);
            long value = a.proposal();
            long sentAt = System.nanoTime();
            for (int i = 0; i < 3; i++) {
                assertThat(NodeAnswer.of(a.nodes()
                                .get(i)
                                .vote(keys, "a:1", value, Long.toString(TTL.toMillis()))
                                .join()))
                        .isEqualTo(new NodeAnswer.Voted());
            }
            forget.run();
            CompletableFuture<Hold> asking = b.mutex(name).acquireAsync(PATIENCE);
            try (Hold hold = asking.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                Duration took = ofNanos(System.nanoTime() - sentAt);
                System.out.println(
                        name + ": the other was granted it " + took.toMillis() + " ms after the first, TTL " + TTL);
                assertThat(took).as("while the first may hold it").isGreaterThanOrEqualTo(TTL);
                assertThat(hold.token() >> 10).isGreaterThan(value);
            }
        }
    }

    @Test
    void aNodeThatRestartsEmptyLetsNobodyIn() throws Exception {
        aThirdVoteIsForgotten("restarted", () -> nodes.server(2).restart());
        awaitReady(2);
    }

    @Test
    void aNodeThatIsFlushedLetsNobodyIn() throws Exception {
        aThirdVoteIsForgotten("flushed", () -> nodes.server(2).command("FLUSHALL"));
        awaitReady(2);
    }

    @Test
    void tokensRiseThoughAllNodesForgetEverything() throws Exception {
        long before;
        try (Hold hold = client.mutex("sku").acquire(PATIENCE)) {
            before = hold.token();
        }
        for (int i = 0; i < 5; i++) {
            nodes.server(i).restart();
        }
        try (Hold hold = client.mutex("sku").acquire(PATIENCE)) {
            assertThat(hold.token()).isGreaterThan(before);
        }
        for (int i = 0; i < 5; i++) {
            awaitReady(i);
        }
    }

    @Test
    void aHoldSurvivesTheRestartOfAllNodesOneAfterTheOther() throws Exception {
        try (TestNodes three = TestNodes.startReady(3, new RedlockOptions(ofSeconds(4), ofSeconds(1)));
                LockClient holder = three.openClient();
                LockClient other = three.openClient();
                Hold hold = holder.mutex("sku").acquire(PATIENCE)) {
            TestNodes.await("the vote of node 0", PATIENCE, () -> three.voteOf(0, "sku") != null);
            String vote = String.valueOf(three.voteOf(0, "sku"));
            for (int i = 0; i < 3; i++) {
                int node = i;
                three.server(i).restart();
                TestNodes.await("node " + i + " votes again", PATIENCE, () -> vote.equals(three.voteOf(node, "sku")));
                hold.check();
            }
            assertThat(other.mutex("sku").tryAcquire(ofSeconds(5))).isEmpty();
            hold.check();
        }
    }

    @Test
    void aNodeThatRestartsWithItsDataWaitsAsWell() {
        List<RedisServer> durable =
                List.of(RedisServer.startDurable(), RedisServer.startDurable(), RedisServer.startDurable());
        try (TestNodes three = TestNodes.of(durable, OPTIONS).declareReady();
                RedlockLockBackend backend = three.openBackend()) {
            RedlockKeys keys = RedlockKeys.of("kept");
            assertThat(vote(backend, 0, keys, "a:1")).isEqualTo(new NodeAnswer.Voted());
            three.server(0).restart();
            assertThat(three.server(0).command("EXISTS", RedlockKeys.MARKER)).isEqualTo("1");
            TestNodes.await(
                    "the node answers",
                    PATIENCE,
                    () -> vote(backend, 0, keys, "a:1") instanceof NodeAnswer.Absent absent
                            && absent.why().contains("does not vote for another PT"));
        }
    }
}
