package io.coordkit.testkit.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ContractRun;
import io.coordkit.txn.spi.TxnLog;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The log contract catches every fault, by the rule it breaks and no other; and finds none where there is none. */
class TxnLogContractSelfTest {
    private static LogFault fault = LogFault.NONE;

    @ParameterizedTest
    @EnumSource(LogFault.class)
    void eachFaultIsCaughtByItsOwnRule(LogFault planted) {
        fault = planted;
        if (planted == LogFault.NONE) {
            assertThat(ContractRun.brokenRules(Broken.class)).isEmpty();
        } else {
            assertThat(ContractRun.brokenRules(Broken.class)).containsExactly(planted.rule());
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    static class Broken extends TxnLogContract {
        private final MemoryTxnLog.Store store = new MemoryTxnLog.Store();

        @Override
        protected TxnLog openLog() {
            return new MemoryTxnLog(store, fault);
        }
    }
}
