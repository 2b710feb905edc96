package io.coordkit.lock.redlock;

import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockProcessesContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedlockProcessesContractTest extends LockProcessesContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = TestNodes.baseLine(() -> RedlockProcessesContractTest.nodes);

    private static TestNodes nodes;

    @BeforeAll
    static void start() {
        nodes = TestNodes.startReady(3, RedlockOptions.DEFAULTS); // those of the processes, which have only a URI
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Override
    protected String uri() {
        return nodes.uri();
    }
}
