package io.coordkit.lock.redlock;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a node votes for, and what comes of it, on real nodes. */
class RedlockVoteTest {
    /** So long a node timeout that whoever waited for it would be found out. */
    private static final RedlockOptions OPTIONS = new RedlockOptions(ofSeconds(60), ofSeconds(15));

    private static final Duration PATIENCE = ofSeconds(20);
    private static final Duration FAR_BELOW_THE_NODE_TIMEOUT = ofSeconds(5);

    private static TestNodes nodes;
    private static RedlockLockBackend backend;

    @BeforeAll
    static void start() {
        nodes = TestNodes.startReady(3, OPTIONS);
        backend = nodes.openBackend();
    }

    @AfterAll
    static void stop() {
        backend.close();
        nodes.close();
    }

    private static NodeAnswer vote(String name, String candidate, long value) throws Exception {
        return NodeAnswer.of(answer(backend.nodes().get(0).vote(RedlockKeys.of(name), candidate, value, "60000")));
    }

    private static List<Object> answer(CompletableFuture<List<Object>> call) throws Exception {
        return call.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Test
    void aNodeVotesForOneAndOnlyAboveItsMark() throws Exception {
        RedlockNode node = backend.nodes().get(0);
        RedlockKeys keys = RedlockKeys.of("rules");
        assertThat(vote("rules", "a:1", 100)).isEqualTo(new NodeAnswer.Voted());
        assertThat(vote("rules", "a:1", 100)).as("a repeat").isEqualTo(new NodeAnswer.Voted());
        assertThat(vote("rules", "b:1", 200)).isInstanceOfSatisfying(NodeAnswer.Taken.class, taken -> {
            assertThat(taken.holder()).isEqualTo("a:1 100");
            assertThat(taken.left()).isBetween(ofSeconds(1), ofSeconds(60));
        });
        answer(node.withdraw(keys, "a:1 100"));
        assertThat(vote("rules", "b:1", 100)).as("not above the mark").isEqualTo(new NodeAnswer.TooLow(100));
        assertThat(vote("rules", "b:1", 101)).isEqualTo(new NodeAnswer.Voted());
        assertThat(vote("rules", "b:1", 150)).as("raised").isEqualTo(new NodeAnswer.Voted());
        assertThat(vote("rules", "b:1", 101)).as("late").isEqualTo(new NodeAnswer.TooLow(150));
        answer(node.withdraw(keys, "b:1 101"));
        assertThat(nodes.voteOf(0, "rules"))
                .as("after taking back a vote of before")
                .isEqualTo("b:1 150");
        answer(node.abandon(keys, "a:1"));
        assertThat(nodes.voteOf(0, "rules")).as("after somebody else left").isEqualTo("b:1 150");
        answer(node.abandon(keys, "b:1"));
        assertThat(nodes.voteOf(0, "rules")).isNull();
    }

    @Test
    void keysAreLaidOutAsVersion1() throws Exception {
        try (LockClient locks = nodes.openClient();
                Hold hold = locks.mutex("sku:4711").acquire(PATIENCE)) {
            long value = hold.token() >> 10;
            for (int i = 0; i < 3; i++) {
                int node = i;
                TestNodes.await("the vote of node " + i, PATIENCE, () -> nodes.voteOf(node, "sku:4711") != null);
                assertThat(nodes.server(i).command("GET", "ckr:59:l:sku:4711"))
                        .matches("[a-z0-9-]+[.][0-9]+[.][0-9a-f]{32}:1 " + value);
                assertThat(nodes.server(i).command("GET", "ckr:59:h")).isEqualTo(Long.toString(value));
                assertThat(nodes.server(i).command("HKEYS", "ckr:node").lines())
                        .containsExactlyInAnyOrder("run", "since", "max-ttl", "nodes");
            }
        }
    }

    @Test
    void anUncontendedLockIsOneVoteAndOneReleaseOnEachNode() throws Exception {
        long pairs = 50;
        TestNodes five = TestNodes.startReady(5, OPTIONS);
        try (LockClient client = five.openClient()) {
            client.mutex("warm").acquire(PATIENCE).close();
            TestNodes.await("the warm-up is over", PATIENCE, () -> five.voteOf(4, "warm") == null);
            long before = calls(five, 4);
            long start = System.nanoTime();
            for (int i = 0; i < pairs; i++) {
                client.mutex("free:" + i).acquire(PATIENCE).close();
            }
            long micros = (System.nanoTime() - start) / 1000 / pairs;
            System.out.println("Five nodes: " + micros + " us for an acquire and a release, uncontended");
            TestNodes.await("all releases", PATIENCE, () -> calls(five, 4) >= before + 2 * pairs);
            // A vote that comes after the others have elected may be taken back: on a slow machine, now and then.
            assertThat(calls(five, 4)).isBetween(before + 2 * pairs, before + 2 * pairs + pairs / 5);
        } finally {
            five.close();
        }
    }

    /** How many scripts the node has run by their digest. */
    private static long calls(TestNodes some, int node) {
        String calls = some.server(node).info("cmdstat_evalsha");
        return calls.isEmpty() ? 0 : Long.parseLong(calls.replaceAll("calls=(\\d+),.*", "$1"));
    }

    @Test
    void tokensRiseThoughClocksDisagree() throws Exception {
        try (LockClient ahead = clientWithClock(Instant.now().plusSeconds(3600));
                LockClient behind = clientWithClock(Instant.now().minusSeconds(3600));
                LockClient right = nodes.openClient()) {
            long before = 0;
            for (int round = 0; round < 5; round++) {
                for (LockClient client : List.of(right, ahead, behind)) {
                    try (Hold hold = client.mutex("clocks").acquire(PATIENCE)) {
                        assertThat(hold.token()).isGreaterThan(before);
                        before = hold.token();
                    }
                }
            }
        }
    }

    /** A client whose clock stands still. */
    private static LockClient clientWithClock(Instant now) {
        RedlockNodes connected = RedlockNodes.open(
                nodes.uris().stream()
                        .map(uri -> new RedlockNodes.Access(
                                uri,
                                () -> TestNodes.client(nodes.server(nodes.uris().indexOf(uri)))))
                        .toList(),
                OPTIONS,
                System::nanoTime,
                true);
        return Locks.on(
                new RedlockLockBackend(connected, OPTIONS, InstantSource.fixed(now), System::nanoTime),
                LockOptions.DEFAULTS.withTtl(OPTIONS.maxTtl()),
                LockRuntime.standard(CoordObserver.NONE));
    }

    @Test
    void aHangingNodeIsNotWaitedFor() throws Exception {
        TestNodes three = TestNodes.startReady(3, OPTIONS);
        try (LockClient mine = three.openClient();
                LockClient other = three.openClient()) {
            mine.mutex("warm").acquire(PATIENCE).close();
            other.mutex("warm").acquire(PATIENCE).close();
            three.pause(1);
            long start = System.nanoTime();
            Hold hold = mine.mutex("a").acquire(PATIENCE);
            assertThat(other.mutex("a").tryAcquire()).as("busy").isEmpty();
            hold.close();
            other.mutex("a").acquire(PATIENCE).close();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            System.out.println("With one of three nodes hanging: acquire, refusal, release and acquire in "
                    + took.toMillis() + " ms");
            assertThat(took).isLessThan(FAR_BELOW_THE_NODE_TIMEOUT);
            three.resume(1);
            TestNodes.await("the late votes are taken back", PATIENCE, () -> three.voteOf(1, "a") == null);
        } finally {
            three.close();
        }
    }

    @Test
    void aClientThatClosesTakesItsVoteBackFromANodeThatIsLate() throws Exception {
        try (TestNodes three = TestNodes.startReady(3, OPTIONS)) {
            LockClient client = three.openClient();
            client.mutex("warm").acquire(PATIENCE).close();
            three.pause(1);
            client.mutex("a").acquire(PATIENCE).close(); // the majority has voted, and knows that it is over
            CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
            closing.copy()
                    .completeOnTimeout(null, 500, TimeUnit.MILLISECONDS) // enough to close without waiting for the node
                    .join();
            three.resume(1);
            closing.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            TestNodes.await("the vote has been taken back", PATIENCE, () -> three.voteOf(1, "a") == null);
        }
    }

    @Test
    void aHangingNodeHoldsUpNoRenewal() throws Exception {
        RedlockOptions options = new RedlockOptions(ofSeconds(4), ofSeconds(1));
        TestNodes three = TestNodes.startReady(3, options);
        try (LockClient client = three.openClient();
                LockClient other = three.openClient()) {
            List<Hold> holds = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                holds.add(client.mutex("many:" + i).acquire(PATIENCE));
            }
            three.pause(2);
            assertThat(other.mutex("many:0").tryAcquire(options.maxTtl().plusSeconds(2)))
                    .isEmpty();
            holds.forEach(Hold::check);
        } finally {
            three.close();
        }
    }

    @Test
    void deadLocksLeaveNoKeysButTheirMarks() throws Exception {
        TestNodes three = TestNodes.startReady(3, OPTIONS);
        try (LockClient mine = three.openClient();
                LockClient other = three.openClient()) {
            for (int i = 0; i < 300; i++) {
                try (Hold hold = mine.mutex("order:" + i).acquire(PATIENCE)) {
                    assertThat(other.mutex(hold.name()).tryAcquire()).isEmpty();
                }
            }
            for (int i = 0; i < 3; i++) {
                int node = i;
                TestNodes.await("only marks on node " + i, PATIENCE, () -> onlyMarks(three, node));
            }
        } finally {
            three.close();
        }
    }

    private static boolean onlyMarks(TestNodes three, int node) {
        List<String> keys = three.server(node).command("KEYS", "*").lines().toList();
        return keys.size() <= 257 && keys.stream().allMatch(key -> key.equals("ckr:node") || key.endsWith(":h"));
    }

    @Test
    void aSplitVoteIsResolved() throws Exception {
        RedlockKeys keys = RedlockKeys.of("split");
        answer(backend.nodes().get(0).vote(keys, "x:1", 1, "60000"));
        answer(backend.nodes().get(1).vote(keys, "y:1", 2, "60000"));
        try (LockClient client = nodes.openClient()) {
            CompletableFuture<Hold> waiting = client.mutex("split").acquireAsync(PATIENCE);
            answer(backend.nodes().get(1).withdraw(keys, "y:1 2")); // as y does, and wakes nobody
            waiting.get(PATIENCE.toMillis() / 4, TimeUnit.MILLISECONDS).close();
        }
        assertThat(nodes.voteOf(0, "split")).isEqualTo("x:1 1");
        answer(backend.nodes().get(0).abandon(keys, "x:1"));
    }
}
