package io.coordkit.lock.redlock;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockThreadsContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedlockThreadsContractTest extends LockThreadsContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = TestNodes.baseLine(() -> RedlockThreadsContractTest.nodes);

    private static TestNodes nodes;

    /** Ten thousand threads keep the machine busy: so late an answer counts. */
    @BeforeAll
    static void start() {
        nodes = TestNodes.startReady(3, RedlockOptions.DEFAULTS.withNodeTimeout(ofSeconds(5)));
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Override
    protected LockBackend openBackend() {
        return nodes.openBackendPatiently();
    }

    @Test
    void L38_aClientThatIsNotClosedIsSeen() throws Exception {
        try (LockClient client = nodes.openClient();
                Hold hold = client.mutex("seen").acquire(patience())) {
            assertThat(hold.isHeld()).isTrue();
            assertThat(BASE_LINE.left()).containsOnlyKeys("threads", "connections", "keys");
        }
    }
}
