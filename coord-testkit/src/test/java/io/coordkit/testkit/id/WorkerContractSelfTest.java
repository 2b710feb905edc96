package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.testkit.ContractRun;
import io.coordkit.testkit.time.ChaosClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The worker lease contract catches every fault, by the rule it breaks and no other; and finds none where there is none. */
class WorkerContractSelfTest {
    private static WorkerFault fault = WorkerFault.NONE;

    @ParameterizedTest
    @EnumSource(WorkerFault.class)
    void eachFaultIsCaughtByItsOwnRule(WorkerFault planted) {
        fault = planted;
        if (planted == WorkerFault.NONE) {
            assertThat(ContractRun.brokenRules(Broken.class)).isEmpty();
        } else {
            assertThat(ContractRun.brokenRules(Broken.class)).containsExactly(planted.rule());
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    static class Broken extends WorkerLeaseContract {
        private final ChaosClock clock = new ChaosClock(Instant.parse("2026-01-01T00:00:00Z"));
        private final MemoryWorkers records = new BrokenWorkers(clock, fault);

        @Override
        protected WorkerLeaseSource open() {
            return new BrokenLeases(records, fault);
        }

        @Override
        protected void forget(String tag, int worker) {
            records.forget(tag, worker);
        }

        @Override
        protected void letPass(Duration time) {
            clock.advance(time);
        }
    }
}
