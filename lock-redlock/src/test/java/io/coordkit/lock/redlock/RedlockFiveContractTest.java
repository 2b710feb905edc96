package io.coordkit.lock.redlock;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on five nodes. */
class RedlockFiveContractTest extends RedlockContract {
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
