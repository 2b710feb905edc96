package io.coordkit.id.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.id.WorkerGuarantee;
import io.coordkit.id.WorkerLease;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.testkit.server.EtcdServer;
import io.coordkit.testkit.server.FreePort;
import io.etcd.jetcd.Client;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EtcdWorkersTest {
    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static EtcdServer server;
    private static Client client;

    @BeforeAll
    static void startServer() {
        server = EtcdServer.start();
        client = EtcdConnection.open("etcd://" + server.address(), Optional.empty());
    }

    @AfterAll
    static void stopServer() {
        client.close();
        server.close();
    }

    private static WorkerLeaseSource at(Instant wallClock) {
        return WorkerLeases.on(
                EtcdWorkers.over(client, () -> {}, Clock.fixed(wallClock, ZoneOffset.UTC), System::nanoTime));
    }

    /** etcd has no clock to give: the windows of a number are apart all the same, whatever the machines' clocks say. */
    @Test
    void machinesWhoseClocksDisagree_shareNoTime_andFastOnesPutANumberOutOfUse() throws Exception {
        Instant now = Instant.parse("2026-11-25T12:00:00Z");
        WorkerLeaseSource right = at(now);
        WorkerLeaseSource late = at(now.minus(Duration.ofHours(1)));
        WorkerLease first = right.acquire("clocks", 1, WINDOW);
        first.release(first.window().until());

        // An hour behind: what the first has used lies in the future there, and is not used again.
        assertThatThrownBy(() -> late.acquire("clocks", 1, WINDOW)).hasMessageContaining("all 1");
        WorkerLease second = at(first.window().until()).acquire("clocks", 1, WINDOW);
        assertThat(second.window().from()).isAfter(first.window().until());
        assertThatThrownBy(first::renew).isInstanceOf(WorkerLeaseLostException.class);
    }

    @Test
    void storeClock_isNotPromised() {
        WorkerLeaseSource source = EtcdIds.workers(client);

        assertThat(source.guarantees().has(WorkerGuarantee.ZOMBIE_SAFE)).isTrue();
        assertThatThrownBy(() -> source.guarantees().require(Set.of(WorkerGuarantee.STORE_CLOCK)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("etcd", "STORE_CLOCK");
    }

    @Test
    void etcdThatIsNotThere_isNamed_andMalformedUrisAreRefused() {
        assertThatThrownBy(() -> EtcdIds.workers("etcd://127.0.0.1:" + FreePort.find(), Optional.empty()))
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("etcd");
        assertThatThrownBy(() -> EtcdIds.workers("etcd://u:secret@a b", Optional.empty()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("secret");
    }
}
