package io.coordkit.lock.redlock;

import org.junit.jupiter.api.BeforeAll;

/** The contract on three nodes. */
class RedlockThreeContractTest extends RedlockContract {

    @BeforeAll
    static void start() {
        start(3);
    }
}
