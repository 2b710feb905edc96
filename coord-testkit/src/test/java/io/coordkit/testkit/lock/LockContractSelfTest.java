package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.ContractRun;
import java.time.Duration;
import java.util.Optional;
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
        if (planted != LockFault.NONE) {
            assertThat(broken).contains(planted.rule());
            broken.remove(planted.rule());
        }
        broken.removeAll(planted.mayShowIn());
        if (!broken
                .isEmpty()) { // some fifty tests at once can starve one another of their TTLs, but not the same twice
            broken.retainAll(ContractRun.brokenRules(Broken.class, planted.name()));
        }
        assertThat(broken).as("rules that it should not touch").isEmpty();
    }

    /** Not found by Surefire: its name does not end in Test. */
    @ExtendWith(Planting.class)
    static class Broken extends LockBackendContract {
        private final MemoryLocks store = MemoryLocks.create();
        private final FaultyStore faultyStore = new FaultyStore();
        private LockFault fault = LockFault.NONE;

        @Override
        protected LockBackend openBackend() {
            return fault == LockFault.L34_A_FAIR_CLIENT_RESTS ? store.backend() : faulty(store.backend(), faultyStore);
        }

        private LockBackend faulty(LockBackend backend, FaultyStore known) {
            return new FaultyBackend(backend, fault, known);
        }

        @Override
        protected LockClient openClient(LockBackend backend, LockOptions options, LockRuntime runtime) {
            LockBackend below = fault == LockFault.L19_RENEWS_AFTER_RELEASE ? new GhostRenewals(backend) : backend;
            if (fault == LockFault.L34_A_FAIR_CLIENT_RESTS && options.fair()) {
                below = faulty(backend, faultyStore);
            }
            return new BrokenClient(super.openClient(below, faulty(options), runtime), fault);
        }

        private LockOptions faulty(LockOptions options) {
            return switch (fault) {
                case L26_HAND_OVER_HAS_NO_BOUND -> options.withHandOvers(1023);
                case L33_FAIR_IS_NOT_REFUSED -> options.withFair(false);
                default -> options;
            };
        }

        @Override
        protected LockOptions options(Duration ttl) {
            boolean forced = fault == LockFault.L31_THE_TTL_IS_FORCED_INTO_ITS_RANGE && ttl.compareTo(shortTtl()) < 0;
            return super.options(forced ? shortTtl() : ttl);
        }

        @Override
        protected void loseFromStore(String name) {
            store.forget(name);
        }

        @Override
        protected Optional<OwnStore> startOwnStore() {
            FaultyStore known = new FaultyStore();
            return Optional.of(new OwnMemory(backend -> faulty(backend, known)) {
                @Override
                public LockBackend open() {
                    try {
                        return super.open();
                    } catch (BackendUnreachableException e) {
                        throw fault == LockFault.L28_A_DEAD_STORE_HAS_NO_NAME
                                ? new BackendUnreachableException("no answer", e)
                                : e;
                    }
                }
            });
        }

        /** More than one process needs: some fifty tests run at once here. */
        @Override
        protected Duration shortTtl() {
            return Duration.ofSeconds(2);
        }

        @Override
        protected int manyNames() {
            return 100;
        }

        @Override
        protected Duration patience() {
            return Duration.ofSeconds(15);
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
