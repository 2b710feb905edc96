package io.coordkit.lock.etcd;

import io.coordkit.lock.LockOptions;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** The contract with clients that are fair. */
@Tag("soak")
class EtcdFairContractTest extends EtcdLockContractTest {
    @Override
    protected LockOptions options(Duration ttl) {
        return super.options(ttl).withFair(true);
    }
}
