package io.coordkit.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes down which rules of a contract held, for {@link ConformanceMatrix}: a line for each, its parts separated by
 * tabs, in a file for each JVM. Only if the system property {@code coordkit.conformance} names a directory.
 *
 * <p>Thread-safe.
 */
public final class Conformance implements BeforeAllCallback, TestWatcher {
    /** Names the directory. */
    public static final String PROPERTY = "coordkit.conformance";

    static final String PASSED = "passed";
    static final String FAILED = "failed";
    static final String SKIPPED = "skipped";
    /** By scripts/run-tests, of a test that was {@link TooLate} and has passed since, alone. */
    static final String LATE = "late";

    static final String NOT_PROMISED = "not promised";

    private static final Pattern RULE = Pattern.compile("^([A-Z]\\d+)_");

    /**
     * Of these rules the test has only seen that the backend refuses, or does without, what it does not promise.
     *
     * @param test the class that runs the contract
     * @param guarantee what the backend does not promise
     */
    public static void notPromised(Class<?> test, Enum<?> guarantee, String... rules) {
        for (String rule : rules) {
            result(test, rule, NOT_PROMISED, guarantee.name());
        }
    }

    /** A rule that no test method stands for. */
    public static void checked(Class<?> test, String rule, boolean passed) {
        result(test, rule, passed ? PASSED : FAILED, "");
    }

    /** Writes a line, if there is a directory for it. */
    public static void note(String... parts) {
        Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of).ifPresent(directory -> {
            String line = Stream.of(parts)
                    .map(part -> part.replaceAll("\\s+", " "))
                    .collect(Collectors.joining("\t", "", "\n"));
            try {
                Files.createDirectories(directory);
                Files.writeString(
                        directory.resolve(ProcessHandle.current().pid() + ".tsv"),
                        line,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (!contract(context.getRequiredTestClass()).isEmpty()) {
            note("class", contract(context.getRequiredTestClass()), backend(context.getRequiredTestClass()));
        }
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        result(context, PASSED, "");
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        result(context, FAILED, String.valueOf(cause));
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        result(context, SKIPPED, cause == null ? "" : String.valueOf(cause.getMessage()));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        result(context, SKIPPED, reason.orElse("disabled"));
    }

    private static void result(ExtensionContext context, String result, String reason) {
        Matcher rule = RULE.matcher(context.getRequiredTestMethod().getName());
        if (rule.find()) {
            result(context.getRequiredTestClass(), rule.group(1), result, reason);
        }
    }

    private static void result(Class<?> test, String rule, String result, String reason) {
        note("rule", contract(test), backend(test), rule, result, reason);
    }

    /** The simple name of the contract that the class runs, which says that its rules are written down; or empty. */
    static String contract(Class<?> test) {
        for (Class<?> each = test; each != null; each = each.getSuperclass()) {
            if (Stream.of(each.getDeclaredAnnotationsByType(ExtendWith.class))
                    .flatMap(extensions -> Stream.of(extensions.value()))
                    .anyMatch(Conformance.class::equals)) {
                return each.getSimpleName();
            }
        }
        return "";
    }

    /** What the class runs it on, for example {@code Redis Sentinel}: its name, without what the contract is about. */
    static String backend(Class<?> test) {
        List<String> names = new ArrayList<>();
        for (Class<?> each = test; each != null; each = each.getEnclosingClass()) {
            names.add(0, each.getSimpleName());
        }
        return String.join(" ", names)
                .replaceAll(
                        "(Lock|Range|Worker|TxnLog|Guard|Coordinator|Crowd|Processes|Threads|TwoPhase|XaParticipant)?(Contract)?Test",
                        "")
                .replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ")
                .replace("Maria Db", "MariaDB")
                .replace("My Sql", "MySQL")
                .replaceAll("\\bSql\\b", "SQL")
                .replace("Zoo Keeper", "ZooKeeper")
                .replaceAll("^Etcd", "etcd");
    }
}
