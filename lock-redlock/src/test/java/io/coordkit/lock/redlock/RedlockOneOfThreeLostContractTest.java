package io.coordkit.lock.redlock;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract on three nodes of which one hangs. */
@Tag("topology")
class RedlockOneOfThreeLostContractTest extends RedlockContract {
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
