package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.ContractRun;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The lock contract catches every fault, by the rule it breaks and by no other that it does not touch; and finds none
 * where there is none. Most of the time is spent waiting, so the faults run side by side.
 */
class LockContractSelfTest {

    @ParameterizedTest
    @EnumSource(LockFault.class)
    @Execution(ExecutionMode.CONCURRENT)
    void eachFaultIsCaughtByItsOwnRule(LockFault planted) {
        Set<String> broken = ContractRun.brokenRules(Broken.class, planted.name());
        if (planted == LockFault.NONE) {
            assertThat(broken).isEmpty();
        } else {
            assertThat(broken).contains(planted.rule());
            broken.remove(planted.rule());
            assertThat(planted.mayShowIn()).as("other rules that may fail").containsAll(broken);
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    @ExtendWith(Planting.class)
    static class Broken extends LockBackendContract {
        private final MemoryStore store = new MemoryStore(System::nanoTime);
        private LockFault fault = LockFault.NONE;

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
        protected Duration patience() {
            return Duration.ofSeconds(10);
        }
    }

    /** Tells the test instance which fault to plant. */
    static class Planting implements TestInstancePostProcessor {
        @Override
        public void postProcessTestInstance(Object testInstance, ExtensionContext context) {
            ((Broken) testInstance).fault = context.getConfigurationParameter(ContractRun.FAULT)
                    .map(LockFault::valueOf)
                    .orElse(LockFault.NONE);
        }
    }
}
