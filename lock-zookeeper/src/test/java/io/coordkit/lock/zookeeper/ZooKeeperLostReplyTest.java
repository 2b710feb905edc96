package io.coordkit.lock.zookeeper;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server has created a node, and its reply never arrives. */
class ZooKeeperLostReplyTest {
    private static final Duration SESSION = ofSeconds(30);
    private static ZooKeeperServer server;
    private static CuratorFramework admin;

    private Wire wire;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start();
        admin = Nodes.curator(server.address(), SESSION);
    }

    @AfterAll
    static void stop() {
        admin.close();
        server.close();
    }

    @BeforeEach
    void lay() {
        wire = Wire.to(server.address());
    }

    @AfterEach
    void cut() throws Exception {
        wire.close();
    }

    private LockBackend backend() {
        return ZooKeeperConnection.open(ZooKeeperAddress.parse("zk://" + wire.address()), SESSION, Settings.NONE);
    }

    @Test
    void theNodeIsFoundAgainAndGranted() throws Exception {
        try (LockBackend backend = backend()) {
            Candidacy mine = candidacyOfAQueueThatExists(backend, "found");
            String created = createdUnheard(mine, "found");
            wire.breakAndMend();
            Answer answer = patiently(mine);
            assertThat(Nodes.queue(admin, "found")).containsExactly(created);
            Stat stat = admin.checkExists().forPath(ZooKeeperPaths.queue("found") + "/" + created);
            assertThat(answer).isInstanceOf(Answer.Granted.class);
            assertThat(((Answer.Granted) answer).grant()).isEqualTo(stat.getCzxid());
        }
    }

    @Test
    void theNodeOfACandidacyThatWasAbandonedMeanwhileIsDeleted() throws Exception {
        try (LockBackend backend = backend()) {
            Candidacy mine = candidacyOfAQueueThatExists(backend, "given up");
            createdUnheard(mine, "given up");
            var unused = mine.abandon();
            wire.breakAndMend();
            Nodes.await("it is gone", () -> Nodes.queue(admin, "given up").isEmpty());
            answer(mine.abandon());
            Candidacy next = backend.stand("given up", SESSION, () -> {});
            assertThat(patiently(next)).isInstanceOf(Answer.Granted.class);
        }
    }

    @Test
    void whatCuratorCreatesOnceMoreIsDeleted() throws Exception {
        try (CuratorFramework stubborn = Nodes.curator(wire.address(), SESSION);
                LockBackend backend = ZooKeeperLockBackend.over(stubborn, SESSION, () -> {})) {
            Candidacy mine = candidacyOfAQueueThatExists(backend, "twins");
            createdUnheard(mine, "twins");
            wire.breakAndMend();
            Nodes.await("it is granted", () -> {
                try {
                    return patiently(mine) instanceof Answer.Granted;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            Nodes.await("one is left", () -> Nodes.queue(admin, "twins").size() == 1);
            answer(mine.abandon());
            assertThat(Nodes.queue(admin, "twins")).isEmpty();
        }
    }

    /** The queue is no container, which ZooKeeper would delete again while it is empty: then nothing is created. */
    private static Candidacy candidacyOfAQueueThatExists(LockBackend backend, String name) throws Exception {
        admin.create().creatingParentsIfNeeded().withMode(CreateMode.PERSISTENT).forPath(ZooKeeperPaths.queue(name));
        return backend.stand(name, SESSION, () -> {});
    }

    /** The node that the server has created for the candidacy, which does not know. */
    private String createdUnheard(Candidacy candidacy, String name) throws Exception {
        wire.loseReplies();
        var unused = candidacy.request();
        Nodes.await("the node is there", () -> Nodes.queue(admin, name).size() == 1);
        return Nodes.queue(admin, name).get(0);
    }

    private static Answer patiently(Candidacy candidacy) throws Exception {
        Answer[] given = new Answer[1];
        Nodes.await("an answer", () -> {
            try {
                given[0] = answer(candidacy.request());
                return true;
            } catch (ExecutionException notYet) {
                return false;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        return given[0];
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
