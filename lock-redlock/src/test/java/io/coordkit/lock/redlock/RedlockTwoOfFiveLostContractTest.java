package io.coordkit.lock.redlock;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract on five nodes of which one is dead and another hangs. */
@Tag("topology")
class RedlockTwoOfFiveLostContractTest extends RedlockContract {
    private static TestNodes nodes;

    @BeforeAll
    static void start() {
        nodes = start(5);
        nodes.kill(1);
        nodes.pause(3);
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
