package io.coordkit.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Runs a contract against one implementation, inside a test, its rules side by side, and says which rules it breaks. */
public final class ContractRun {
    /** Names the fault to plant. */
    public static final String FAULT = "coordkit.testkit.fault";

    private ContractRun() {}

    /** The numbers of the rules whose tests failed, for example {@code L7}. */
    public static Set<String> brokenRules(Class<?> contractTest) {
        return brokenRules(contractTest, "none");
    }

    /** The same; {@code fault} is what the test finds as the configuration parameter {@link #FAULT}. */
    public static Set<String> brokenRules(Class<?> contractTest, String fault) {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(contractTest))
                .configurationParameter(FAULT, fault)
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "8")
                .execute()
                .testEvents();
        if (tests.started().count() == 0) {
            throw new IllegalStateException(contractTest + " ran no test");
        }
        tests.failed().stream().map(ContractRun::describe).forEach(System.out::println);
        return tests.failed().stream().map(ContractRun::rule).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String rule(Event event) {
        String name = event.getTestDescriptor().getDisplayName();
        return name.substring(0, name.indexOf('_'));
    }

    /** Says why a rule failed, for whoever wonders why it did under a fault that is not its own. */
    private static String describe(Event failed) {
        String reason = failed.getPayload(TestExecutionResult.class)
                .flatMap(TestExecutionResult::getThrowable)
                .map(Throwable::toString)
                .orElse("no reason given");
        return rule(failed) + ": " + reason.lines().map(String::strip).collect(Collectors.joining(" "));
    }
}
