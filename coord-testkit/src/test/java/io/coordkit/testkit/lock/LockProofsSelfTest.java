package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.ContractRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** The contracts of many processes, clients and threads catch what breaks them, and nothing else. */
class LockProofsSelfTest {
    private static final QueueBackend.Store STORE = new QueueBackend.Store();

    @Test
    void L36_processesThatLockForThemselvesAreCaught() {
        assertThat(failures(Processes.class, ProofFault.L36_EACH_PROCESS_LOCKS_FOR_ITSELF))
                .singleElement()
                .asString()
                .startsWith("L36_")
                .contains("ENTER")
                .contains("while");
    }

    @Test
    void L37_aReleaseThatWakesAllIsCaught() {
        assertThat(failures(Crowd.class, ProofFault.NONE)).isEmpty();
        assertThat(failures(Crowd.class, ProofFault.L37_A_RELEASE_WAKES_ALL))
                .singleElement()
                .asString()
                .startsWith("L37_")
                .contains("commands per hand-over among 1000");
    }

    @Test
    void L38_whatIsLeftIsCaughtAndNamed() {
        assertThat(failures(TidyClient.class, ProofFault.NONE)).isEmpty();
        assertThat(failures(UnclosedClient.class, ProofFault.NONE))
                .singleElement()
                .asString()
                .contains("L38", "threads left", "coordkit-lock-timer");
        assertThat(failures(LeakingBackend.class, ProofFault.L38_CONNECTIONS_STAY))
                .singleElement()
                .asString()
                .contains("L38", "1 connections left: [residue]");
    }

    @Test
    void L39_aGrantThatBelongsToAThreadIsCaught() {
        assertThat(failures(Threads.class, ProofFault.NONE)).isEmpty();
        assertThat(failures(Threads.class, ProofFault.L39_A_GRANT_BELONGS_TO_A_THREAD))
                .singleElement()
                .asString()
                .startsWith("L39_")
                .containsAnyOf("all threads are through", "stayed busy"); // whose patience ends first
    }

    /** In the JDKs so far a class initializer pins. */
    @Test
    @Tag("contract")
    void L39_pinnedThreadsAreSeen() throws Exception {
        ThreadStarter starter = ThreadStarter.ofThisJava();
        if (!starter.isVirtual()) {
            System.out.println("SKIPPED: seeing a pinned thread: Java " + Runtime.version() + " has no virtual ones");
            return;
        }
        try (PinnedThreads recording = PinnedThreads.recording()) {
            starter.start(() -> assertThat(Slow.VALUE).isPositive()).join();
            assertThat(recording.stop()).anyMatch(stack -> stack.contains(Slow.class.getName()));
        }
    }

    /** Its initialization blocks. */
    private static final class Slow {
        static final int VALUE = parked();

        private static int parked() {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            return 1;
        }
    }

    /** What failed in that class, by name and reason. */
    private static List<String> failures(Class<?> testClass, ProofFault fault) {
        Events events = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .configurationParameter(ContractRun.FAULT, fault.name())
                .execute()
                .allEvents();
        assertThat(events.started().count()).as("tests and containers that ran").isGreaterThan(2);
        return events.failed().stream().map(LockProofsSelfTest::describe).toList();
    }

    private static String describe(Event failed) {
        return failed.getTestDescriptor().getDisplayName() + ": "
                + failed.getPayload(TestExecutionResult.class)
                        .flatMap(TestExecutionResult::getThrowable)
                        .map(Throwable::toString)
                        .orElse("no reason given");
    }

    // ---- what is run; Surefire does not find them, for their names do not end in Test -------------------------------

    static class Processes extends LockProcessesContract {
        @Override
        protected String uri() {
            return "alone://here";
        }
    }

    /** Has a fault planted. */
    interface Plantable {
        void plant(ProofFault fault);
    }

    static class Planting implements TestInstancePostProcessor {
        @Override
        public void postProcessTestInstance(Object testInstance, ExtensionContext context) {
            context.getConfigurationParameter(ContractRun.FAULT)
                    .map(ProofFault::valueOf)
                    .ifPresent(((Plantable) testInstance)::plant);
        }
    }

    @ExtendWith(Planting.class)
    static class Crowd extends LockCrowdContract implements Plantable {
        private final QueueBackend.Store store = new QueueBackend.Store();
        private ProofFault fault = ProofFault.NONE;

        @Override
        public void plant(ProofFault planted) {
            fault = planted;
        }

        @Override
        protected LockBackend openBackend() {
            return new QueueBackend(store, fault);
        }

        @Override
        protected long commandsServed() {
            return store.commands();
        }
    }

    @ExtendWith(Planting.class)
    static class Threads extends LockThreadsContract implements Plantable {
        private final QueueBackend.Store store = new QueueBackend.Store();
        private ProofFault fault = ProofFault.NONE;

        @Override
        public void plant(ProofFault planted) {
            fault = planted;
        }

        @Override
        protected LockBackend openBackend() {
            return new QueueBackend(store, fault);
        }

        @Override
        protected Duration patience() {
            return fault == ProofFault.NONE ? super.patience() : Duration.ofSeconds(5);
        }
    }

    /** Uses a lock, with a timer and a callback thread. */
    abstract static class Residue {
        private static final Duration WAIT = Duration.ofSeconds(2);

        static BaseLine baseLine() {
            return BaseLine.ofThreads(WAIT).andStore("connections", STORE::connections);
        }

        @BeforeAll
        static void begin() {}

        @AfterAll
        static void end() {}

        static LockClient use(ProofFault fault) throws Exception {
            LockClient client = Locks.on(
                    new QueueBackend(STORE, fault), LockOptions.DEFAULTS, LockRuntime.standard(CoordObserver.NONE));
            client.mutex("residue")
                    .acquireAsync(Duration.ofSeconds(10))
                    .get(10, TimeUnit.SECONDS)
                    .close();
            return client;
        }
    }

    static class TidyClient extends Residue {
        @RegisterExtension
        static final BaseLine BASE_LINE = baseLine();

        @Test
        void usesAndCloses() throws Exception {
            use(ProofFault.NONE).close();
        }
    }

    static class UnclosedClient extends Residue {
        @RegisterExtension
        static final BaseLine BASE_LINE = baseLine();

        @Test
        void usesOnly() throws Exception {
            assertThat(use(ProofFault.NONE).guarantees().backend()).isEqualTo("queue");
        }
    }

    static class LeakingBackend extends Residue {
        @RegisterExtension
        static final BaseLine BASE_LINE = baseLine();

        @Test
        void usesAndCloses() throws Exception {
            use(ProofFault.L38_CONNECTIONS_STAY).close();
        }
    }
}
