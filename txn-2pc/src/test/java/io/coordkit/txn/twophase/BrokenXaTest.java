package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Databases that break their word, as coordinators see them, break the rules that are about it. */
class BrokenXaTest {

    /** What a database does wrong, and which rules show it. */
    enum Fault {
        COMMITS_NOTHING("X1 X8"),
        ROLLS_NOTHING_BACK("X3"),
        COMMITS_INSTEAD_OF_ROLLING_BACK("X3 X4 X5 X15"),
        PREPARES_NOTHING("X7"),
        LISTS_NOTHING("X9 X10"),
        DOES_NOT_END_CONNECTIONS("X6");

        private final String rules;

        Fault(String rules) {
            this.rules = rules;
        }

        Set<String> rules() {
            return Set.of(rules.split(" "));
        }
    }

    @Test
    @Timeout(240)
    void eachFaultIsCaught_byTheRulesThatAreAboutIt() {
        Map<Fault, Class<?>> broken = Map.of(
                Fault.COMMITS_NOTHING, CommitsNothing.class,
                Fault.ROLLS_NOTHING_BACK, RollsNothingBack.class,
                Fault.COMMITS_INSTEAD_OF_ROLLING_BACK, CommitsInstead.class,
                Fault.PREPARES_NOTHING, PreparesNothing.class,
                Fault.LISTS_NOTHING, ListsNothing.class,
                Fault.DOES_NOT_END_CONNECTIONS, DoesNotEndConnections.class);
        MethodSelector[] rules = broken.entrySet().stream()
                .flatMap(each -> rules(each.getKey().rules(), each.getValue()))
                .toArray(MethodSelector[]::new);
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(rules)
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "12")
                .execute()
                .testEvents();
        Map<String, Set<String>> red = new TreeMap<>();
        tests.failed().stream()
                .forEach(failed -> red.computeIfAbsent(source(failed).getClassName(), any -> new TreeSet<>())
                        .add(rule(source(failed).getMethodName())));
        Map<String, Set<String>> expected = new TreeMap<>();
        broken.forEach((fault, type) -> expected.put(type.getName(), new TreeSet<>(fault.rules())));
        assertThat(red).isEqualTo(expected);
    }

    private static Stream<MethodSelector> rules(Set<String> rules, Class<?> type) {
        List<String> methods = Arrays.stream(TwoPhaseContract.class.getDeclaredMethods())
                .map(Method::getName)
                .filter(name -> rules.contains(rule(name)))
                .toList();
        assertThat(methods.stream().map(BrokenXaTest::rule)).hasSameElementsAs(rules);
        return methods.stream().map(name -> selectMethod(type, name));
    }

    private static String rule(String method) {
        return method.replaceFirst("_.*", "");
    }

    private static MethodSource source(Event event) {
        return (MethodSource) event.getTestDescriptor().getSource().orElseThrow();
    }

    /** H2 in memory with a fault; not found by Surefire, like those below it. */
    abstract static class OnBroken extends TwoPhaseContract {
        private final Fault fault;

        OnBroken(Fault fault) {
            this.fault = fault;
        }

        @Override
        XADataSource database() {
            return H2TwoPhaseTest.inMemory();
        }

        @Override
        boolean refusesWrites() {
            return false;
        }

        @Override
        String sleep(XADataSource database) throws SQLException {
            return H2TwoPhaseTest.sleepOn(database);
        }

        @Override
        XADataSource asSeen(XADataSource database) {
            return proxy(XADataSource.class, database, (method, arguments) -> {
                Object answer = invoke(database, method, arguments);
                return answer instanceof XAConnection connection ? connection(connection) : answer;
            });
        }

        private XAConnection connection(XAConnection connection) {
            return proxy(XAConnection.class, connection, (method, arguments) -> {
                if (isKeptOpen(method)) {
                    return null;
                }
                Object answer = invoke(connection, method, arguments);
                if (answer instanceof XAResource resource) {
                    return resource(resource);
                }
                return answer instanceof Connection session ? session(session) : answer;
            });
        }

        private boolean isKeptOpen(Method method) {
            return fault == Fault.DOES_NOT_END_CONNECTIONS
                    && (method.getName().equals("abort") || method.getName().equals("close"));
        }

        private XAResource resource(XAResource resource) {
            return proxy(XAResource.class, resource, (method, arguments) -> switch (method.getName()) {
                case "commit" -> fault == Fault.COMMITS_NOTHING ? null : invoke(resource, method, arguments);
                case "prepare" ->
                    fault == Fault.PREPARES_NOTHING ? XAResource.XA_OK : invoke(resource, method, arguments);
                case "rollback" -> rollback(resource, method, arguments);
                default -> invoke(resource, method, arguments);
            });
        }

        private @Nullable Object rollback(XAResource resource, Method method, Object... arguments) throws Throwable {
            switch (fault) {
                case ROLLS_NOTHING_BACK -> {}
                case COMMITS_INSTEAD_OF_ROLLING_BACK -> commit(resource, (Xid) arguments[0]);
                default -> invoke(resource, method, arguments);
            }
            return null;
        }

        /** In whatever way it can be committed. */
        private static void commit(XAResource resource, Xid xid) throws XAException {
            try {
                resource.commit(xid, false);
            } catch (XAException e) {
                resource.commit(xid, true);
            }
        }

        private Connection session(Connection session) {
            return proxy(Connection.class, session, (method, arguments) -> {
                if (isKeptOpen(method)) {
                    return null;
                }
                Object answer = invoke(session, method, arguments);
                return answer instanceof Statement statement && method.getName().equals("createStatement")
                        ? statement(statement)
                        : answer;
            });
        }

        private Statement statement(Statement statement) {
            return proxy(Statement.class, statement, (method, arguments) -> {
                boolean lists = method.getName().equals("executeQuery")
                        && arguments[0].toString().contains("IN_DOUBT");
                boolean commits = method.getName().equals("execute")
                        && arguments[0].toString().startsWith("COMMIT TRANSACTION");
                if (commits && fault == Fault.COMMITS_NOTHING) {
                    return false;
                }
                return lists && fault == Fault.LISTS_NOTHING
                        ? statement.executeQuery(arguments[0] + " AND 1 = 0")
                        : invoke(statement, method, arguments);
            });
        }

        /** What a call comes to. */
        @FunctionalInterface
        private interface Handler {
            @Nullable
            Object call(Method method, Object... arguments) throws Throwable;
        }

        private static <T> T proxy(Class<T> type, T target, Handler handler) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) -> method.getDeclaringClass() == Object.class
                            ? invoke(target, method, arguments)
                            : handler.call(method, arguments)));
        }

        private static @Nullable Object invoke(Object target, Method method, Object... arguments) throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }
    }

    static class CommitsNothing extends OnBroken {
        CommitsNothing() {
            super(Fault.COMMITS_NOTHING);
        }
    }

    static class RollsNothingBack extends OnBroken {
        RollsNothingBack() {
            super(Fault.ROLLS_NOTHING_BACK);
        }
    }

    static class CommitsInstead extends OnBroken {
        CommitsInstead() {
            super(Fault.COMMITS_INSTEAD_OF_ROLLING_BACK);
        }
    }

    static class PreparesNothing extends OnBroken {
        PreparesNothing() {
            super(Fault.PREPARES_NOTHING);
        }
    }

    static class ListsNothing extends OnBroken {
        ListsNothing() {
            super(Fault.LISTS_NOTHING);
        }
    }

    static class DoesNotEndConnections extends OnBroken {
        DoesNotEndConnections() {
            super(Fault.DOES_NOT_END_CONNECTIONS);
        }
    }
}
