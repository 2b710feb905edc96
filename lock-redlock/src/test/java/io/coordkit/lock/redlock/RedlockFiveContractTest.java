package io.coordkit.lock.redlock;

import org.junit.jupiter.api.BeforeAll;

/** The contract on five nodes. */
class RedlockFiveContractTest extends RedlockContract {

    @BeforeAll
    static void start() {
        start(5);
    }
}
