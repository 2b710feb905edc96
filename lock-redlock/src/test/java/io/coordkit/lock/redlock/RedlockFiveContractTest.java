package io.coordkit.lock.redlock;

import io.coordkit.testkit.lock.BaseLine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on five nodes. */
class RedlockFiveContractTest extends RedlockContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = TestNodes.baseLine(() -> RedlockFiveContractTest.nodes);

    private static TestNodes nodes;

    @BeforeAll
    static void start() {
        nodes = start(5);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Override
    TestNodes nodes() {
        return nodes;
    }
}
