package io.coordkit.testkit.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ContractRun;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The coordinator contract catches every fault, by the rule it breaks and no other; and finds none where there is none. */
class CoordinatorContractSelfTest {
    private static CoordinatorFault fault = CoordinatorFault.NONE;

    @ParameterizedTest
    @EnumSource(CoordinatorFault.class)
    void eachFaultIsCaughtByItsOwnRule(CoordinatorFault planted) {
        fault = planted;
        if (planted == CoordinatorFault.NONE) {
            assertThat(ContractRun.brokenRules(Broken.class)).isEmpty();
        } else {
            assertThat(ContractRun.brokenRules(Broken.class)).containsExactly(planted.rule());
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    static class Broken extends CoordinatorContract {
        private final MemoryTxnLog.Store store = new MemoryTxnLog.Store();

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
}
