package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.IdGenerator;
import io.coordkit.testkit.ContractRun;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The generator contract catches every fault, by the rule it breaks and no other; and finds none where there is none. */
class IdContractSelfTest {
    private static IdFault fault = IdFault.NONE;

    @ParameterizedTest
    @EnumSource(IdFault.class)
    void eachFaultIsCaughtByItsOwnRule(IdFault planted) {
        fault = planted;
        if (planted == IdFault.NONE) {
            assertThat(ContractRun.brokenRules(Broken.class)).isEmpty();
        } else {
            assertThat(ContractRun.brokenRules(Broken.class)).containsExactly(planted.rule());
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    static class Broken extends IdGeneratorContract {
        @Override
        protected IdGenerator open(String tag) {
            return new CountingGenerator(tag, fault);
        }
    }
}
