package io.coordkit.lock.redlock;

import org.junit.jupiter.api.BeforeAll;

/** The contract on five nodes of which one is dead and another hangs. */
class RedlockTwoOfFiveLostContractTest extends RedlockContract {

    @BeforeAll
    static void start() {
        TestNodes nodes = start(5);
        nodes.kill(1);
        nodes.pause(3);
    }
}
