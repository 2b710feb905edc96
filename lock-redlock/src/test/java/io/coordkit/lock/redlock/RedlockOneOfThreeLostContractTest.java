package io.coordkit.lock.redlock;

import org.junit.jupiter.api.BeforeAll;

/** The contract on three nodes of which one hangs. */
class RedlockOneOfThreeLostContractTest extends RedlockContract {

    @BeforeAll
    static void start() {
        start(3).pause(0);
    }
}
