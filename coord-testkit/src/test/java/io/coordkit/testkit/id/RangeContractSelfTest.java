package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.ContractRun;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The allocator contract catches every fault, by the rule it breaks and no other; and finds none where there is none. */
class RangeContractSelfTest {
    private static RangeFault fault = RangeFault.NONE;

    @ParameterizedTest
    @EnumSource(RangeFault.class)
    void eachFaultIsCaughtByItsOwnRule(RangeFault planted) {
        fault = planted;
        if (planted == RangeFault.NONE) {
            assertThat(ContractRun.brokenRules(Broken.class)).isEmpty();
        } else {
            assertThat(ContractRun.brokenRules(Broken.class)).containsExactly(planted.rule());
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    static class Broken extends RangeAllocatorContract {
        private final Map<String, AtomicLong> store = new ConcurrentHashMap<>();

        @Override
        protected RangeAllocator open() {
            return new MemoryRanges(store, fault);
        }

        @Override
        protected void crash() {
            MemoryRanges.crash(store, fault);
        }
    }
}
