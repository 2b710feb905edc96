package io.coordkit.testkit.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ContractRun;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.Operation;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The participant contract catches every fault, by the rule it breaks and no other; and finds none where there is none. */
class ParticipantContractSelfTest {
    private static GuardFault fault = GuardFault.NONE;

    @ParameterizedTest
    @EnumSource(GuardFault.class)
    void eachFaultIsCaughtByItsOwnRule(GuardFault planted) {
        fault = planted;
        if (planted == GuardFault.NONE) {
            assertThat(ContractRun.brokenRules(Broken.class)).isEmpty();
        } else {
            assertThat(ContractRun.brokenRules(Broken.class)).containsExactly(planted.rule());
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    static class Broken extends ParticipantContract {
        private MemoryParticipant participant = new MemoryParticipant(fault, this::mustFail, failingInquiries());

        private static InquiryEndpoint failingInquiries() {
            return inquiry -> CompletableFuture.failedStage(new IllegalStateException("not opened yet"));
        }

        @Override
        protected BranchEndpoint openParticipant(InquiryEndpoint inquiries) {
            participant = new MemoryParticipant(fault, this::mustFail, inquiries);
            return participant;
        }

        @Override
        protected int effects(String gid, String branch, Operation operation) {
            return participant.effects(gid, branch, operation);
        }
    }
}
