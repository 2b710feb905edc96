package io.coordkit.lock.redlock;

import io.coordkit.testkit.lock.BaseLine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on three nodes of which one hangs; with two of five it is run by {@code make test}. */
@Tag("soak")
class RedlockOneOfThreeLostContractTest extends RedlockContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = TestNodes.baseLine(() -> RedlockOneOfThreeLostContractTest.nodes);

    private static TestNodes nodes;

    @BeforeAll
    static void start() {
        nodes = start(3);
        nodes.pause(0);
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
