package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.ContractRun;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lock contract catches every fault, by the rule it breaks and no other; and finds none where there is none. */
class LockContractSelfTest {
    private static LockFault fault = LockFault.NONE;

    @ParameterizedTest
    @EnumSource(LockFault.class)
    void eachFaultIsCaughtByItsOwnRule(LockFault planted) {
        fault = planted;
        Set<String> broken = ContractRun.brokenRules(Broken.class);
        switch (planted) {
            case NONE -> assertThat(broken).isEmpty();
            case L1_GRANTS_A_HELD_LOCK_NOW_AND_THEN ->
                assertThat(broken).contains("L1").isSubsetOf("L1", "L2");
            default -> assertThat(broken).containsExactly(planted.rule());
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    static class Broken extends LockBackendContract {
        private final MemoryStore store = new MemoryStore(System::nanoTime);

        @Override
        protected LockBackend openBackend() {
            return new MemoryBackend(store, fault);
        }

        @Override
        protected LockClient openClient(LockBackend backend, LockOptions options) {
            LockBackend below = fault == LockFault.L19_RENEWS_AFTER_RELEASE ? new GhostRenewals(backend) : backend;
            return new BrokenClient(super.openClient(below, options), fault);
        }

        @Override
        protected void loseFromStore(String name) {
            store.lose(name);
        }

        @Override
        protected Duration shortTtl() {
            return Duration.ofMillis(400);
        }

        @Override
        protected Duration patience() {
            return Duration.ofSeconds(4);
        }
    }
}
