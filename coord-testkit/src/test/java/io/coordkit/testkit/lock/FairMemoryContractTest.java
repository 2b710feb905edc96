package io.coordkit.testkit.lock;

import io.coordkit.lock.LockOptions;
import java.time.Duration;

/** The contract with clients that are fair. */
class FairMemoryContractTest extends MemoryLockContractTest {
    @Override
    protected LockOptions options(Duration ttl) {
        return super.options(ttl).withFair(true);
    }
}
