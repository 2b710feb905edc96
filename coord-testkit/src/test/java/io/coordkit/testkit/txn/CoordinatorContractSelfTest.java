package io.coordkit.testkit.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ContractRun;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The coordinator contract catches every fault, by the rule it breaks and no other; and finds none where there is none.
 * Most of the time is spent waiting, so the faults run side by side.
 */
class CoordinatorContractSelfTest {
    @ParameterizedTest
    @EnumSource(CoordinatorFault.class)
    @Execution(ExecutionMode.CONCURRENT)
    void eachFaultIsCaughtByItsOwnRule(CoordinatorFault planted) {
        Set<String> broken = ContractRun.brokenRules(Broken.class, planted.name());
        if (planted != CoordinatorFault.NONE) {
            assertThat(broken).contains(planted.rule());
            broken.remove(planted.rule());
        }
        if (!broken
                .isEmpty()) { // some fifty tests at once can starve one another of their leases, but not the same twice
            broken.retainAll(ContractRun.brokenRules(Broken.class, planted.name()));
        }
        assertThat(broken).as("rules that it should not touch").isEmpty();
    }

    /** Not found by Surefire: its name does not end in Test. */
    @ExtendWith(Planting.class)
    static class Broken extends CoordinatorContract {
        private final MemoryTxnLog.Store store = new MemoryTxnLog.Store();
        private CoordinatorFault fault = CoordinatorFault.NONE;

        @Override
        protected TxnLog openLog() {
            return new MemoryTxnLog(store, LogFault.NONE);
        }

        @Override
        protected Tcc openCoordinator(
                String name, Duration lease, TxnLog log, Map<String, BranchEndpoint> participants) {
            return new ToyCoordinator(name, lease, log, participants, fault).recover();
        }

        @Override
        protected Duration patience() {
            return Duration.ofSeconds(12);
        }
    }

    /** Tells the test instance which fault to plant. */
    static class Planting implements TestInstancePostProcessor {
        @Override
        public void postProcessTestInstance(Object testInstance, ExtensionContext context) {
            ((Broken) testInstance).fault = context.getConfigurationParameter(ContractRun.FAULT)
                    .map(CoordinatorFault::valueOf)
                    .orElse(CoordinatorFault.NONE);
        }
    }
}
