package io.coordkit.testkit.lock;

import io.coordkit.testkit.Conformance;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Rule L38: after a test class, what it used is back where it was. A class registers it so:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final BaseLine BASE_LINE = BaseLine.ofThreads()
 *         .andStore("keys", () -> keysIn(server))
 *         .andStore("connections", () -> Sockets.connectedTo(server.port()));
 * }</pre>
 *
 * <p>The store is looked at after the class's {@code @BeforeAll} method, and again before its {@code @AfterAll} method,
 * while it still runs; the threads of this JVM before and after both. Timers count as threads, for each has one.
 *
 * <p>What is left is given time to go, as an unrenewed lock or an idle thread needs; then the class fails, and is told
 * what is left. Not thread-safe; one for each class.
 */
public final class BaseLine implements BeforeAllCallback, AfterAllCallback, InvocationInterceptor {
    /** Twice the longest TTL in the contract. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(50);

    /** Threads of the JVM itself, of the JDK's own pools, and of who runs the tests: they stay for all to use. */
    private static final Set<String> NOBODYS = Set.of(
            "process reaper",
            "ForkJoinPool",
            "CompletableFutureDelayScheduler",
            "Common-Cleaner",
            "Attach Listener",
            "Keep-Alive-Timer",
            "JFR",
            "VirtualThread-",
            "Read-Poller",
            "Write-Poller",
            "Master-Poller",
            "junit-",
            "surefire-",
            "ducttape-", // of Testcontainers
            "docker-java-",
            "JNA Cleaner");

    private final List<Count> store = new ArrayList<>();
    private final Set<String> shared = new HashSet<>(NOBODYS);
    private final Count threads = new Count("threads", this::liveThreads);
    private final Duration longestWait;
    private boolean storeChecked;

    private BaseLine(Duration longestWait) {
        this.longestWait = longestWait;
    }

    /** A base line of this JVM's threads. */
    public static BaseLine ofThreads() {
        return new BaseLine(LONGEST_WAIT);
    }

    /** The same, with another time for what is left to go. */
    public static BaseLine ofThreads(Duration longestWait) {
        return new BaseLine(longestWait);
    }

    /**
     * Without the threads of a library that has them once for the JVM, whoever uses it, and never ends them.
     *
     * @param prefix how their names begin
     */
    public BaseLine besidesThreads(String prefix) {
        shared.add(prefix);
        return this;
    }

    /**
     * And of something that the store can be asked for.
     *
     * @param what its name in the failure, in the plural
     * @param present what there is of it now, each by a name of its own
     */
    public BaseLine andStore(String what, Supplier<? extends Collection<String>> present) {
        store.add(new Count(what, present));
        return this;
    }

    /** What there is beyond the base line now, by its name; without those of which there is nothing. */
    public Map<String, List<String>> left() {
        Map<String, List<String>> left = new TreeMap<>();
        Stream.concat(store.stream(), Stream.of(threads)).forEach(count -> left.put(count.what, count.left()));
        left.values().removeIf(List::isEmpty);
        return left;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        storeChecked = false; // a subclass inherits this object, and has a store of its own
        begin();
    }

    /** From here on threads count, where no test framework says so. */
    public void begin() {
        threads.begin();
    }

    @Override
    public void interceptBeforeAllMethod(
            Invocation<Void> method, ReflectiveInvocationContext<Method> of, ExtensionContext context)
            throws Throwable {
        method.proceed();
        store.forEach(Count::begin);
    }

    @Override
    public void interceptAfterAllMethod(
            Invocation<Void> method, ReflectiveInvocationContext<Method> of, ExtensionContext context)
            throws Throwable {
        AssertionError failure = null;
        try {
            if (!storeChecked) {
                storeChecked = true;
                require(store);
            }
        } catch (AssertionError e) {
            failure = e;
            Conformance.checked(context.getRequiredTestClass(), "L38", false);
        }
        method.proceed();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        try {
            requireThreadsBack();
            Conformance.checked(context.getRequiredTestClass(), "L38", true);
        } catch (AssertionError e) {
            Conformance.checked(context.getRequiredTestClass(), "L38", false);
            throw e;
        }
    }

    /**
     * Waits until the threads since {@link #begin} have gone.
     *
     * @throws AssertionError if they have not in time; it names them
     */
    public void requireThreadsBack() throws InterruptedException {
        require(List.of(threads));
    }

    private void require(List<Count> counts) throws InterruptedException {
        long start = System.nanoTime();
        String last = "";
        for (String left = left(counts); !left.isEmpty(); left = left(counts)) {
            if (System.nanoTime() - start > longestWait.toNanos()) {
                throw new AssertionError("L38: not back at the base line within " + longestWait + ": " + left);
            }
            last = ", the last to go being " + left;
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        System.out.println("L38: back at the base line after "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms: "
                + counts.stream().map(count -> count.what).collect(Collectors.joining(", ")) + last);
    }

    private static String left(List<Count> counts) {
        return counts.stream()
                .map(Count::describeLeft)
                .filter(left -> !left.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private List<String> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> shared.stream().noneMatch(thread.getName()::startsWith))
                .map(thread -> thread.getName() + "#" + thread.getId())
                .toList();
    }

    /** What there was of something, and what there is beyond that. */
    private static final class Count {
        private final String what;
        private final Supplier<? extends Collection<String>> present;
        private Set<String> before = Set.of();

        Count(String what, Supplier<? extends Collection<String>> present) {
            this.what = what;
            this.present = present;
        }

        void begin() {
            before = Set.copyOf(present.get());
        }

        List<String> left() {
            return present.get().stream()
                    .filter(each -> !before.contains(each))
                    .sorted()
                    .toList();
        }

        /** What there is beyond the base line, in words; empty if there is nothing. */
        String describeLeft() {
            List<String> left = left();
            return left.isEmpty() ? "" : left.size() + " " + what + " left: " + left;
        }
    }
}
