package io.coordkit.txn.twophase;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.TxnLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/**
 * Everything that one coordinator or participant reaches, or is reached by, and the points that it passes as it does: each
 * call to a database about a branch or a row of Coordkit's own, each to the log, each to a participant, before it has been
 * made and after, when nobody has heard the answer. At the chosen one something dies. When it is the process, its
 * connections are gone, and nothing that it asks for from then on takes effect or is answered. Thread-safe.
 */
final class FragileProcess {
    /** What the coordinator never calls, and so what is no point. */
    private static final Set<String> NOT_USED =
            Set.of("forget", "isSameRM", "getTransactionTimeout", "setTransactionTimeout");
    /** For people and for housekeeping; the crash matrix of TCC, whose coordinator is the same, passes them. */
    private static final Set<String> OF_ADMINISTRATION = Set.of(
            "close", "list", "needAttention", "retry", "finishByHand", "purge", "find", "unfinished", "status", "now");

    /** On a table of Coordkit's. */
    private static final Pattern STATEMENT =
            Pattern.compile("(INSERT INTO|UPDATE|DELETE FROM|SELECT .* FROM) (coordkit_\\w+).*", Pattern.DOTALL);

    /** Who dies, or what is lost. */
    enum Victim {
        PROCESS,
        CONNECTION,
        SERVER,
        /** The call, or its answer. */
        MESSAGE
    }

    /** Where. */
    record Point(String what, boolean after, Victim victim) {
        String key() {
            return what + (after ? " answered" : " called");
        }

        @Override
        public String toString() {
            return key() + ", " + victim + " lost";
        }
    }

    static Set<Point> all() {
        Set<Point> points = new LinkedHashSet<>();
        methods(XAResource.class, NOT_USED).forEach(what -> {
            add(points, what, Victim.PROCESS);
            add(points, what, Victim.CONNECTION);
        });
        methods(TxnLog.class, OF_ADMINISTRATION).forEach(what -> {
            add(points, what, Victim.PROCESS);
            add(points, what, Victim.MESSAGE);
        });
        return points;
    }

    private static void add(Set<Point> points, String what, Victim victim) {
        points.add(new Point(what, false, victim));
        points.add(new Point(what, true, victim));
    }

    private static List<String> methods(Class<?> type, Set<String> without) {
        return Arrays.stream(type.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .filter(method -> !without.contains(method.getName()))
                .map(method -> what(type, method))
                .distinct()
                .toList();
    }

    private static String what(Class<?> type, Method method) {
        return type.getSimpleName() + "." + method.getName();
    }

    private final Point fatal;
    private final int occurrence;
    private final Runnable death;
    private final Map<String, Integer> passed = new ConcurrentHashMap<>();
    private final Queue<XAConnection> connections = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean fired = new AtomicBoolean();
    private volatile boolean dead;

    /** @param occurrence at which passing of the point; 0 for never */
    FragileProcess(Point fatal, int occurrence) {
        this(fatal, occurrence, () -> {});
    }

    /** @param death what else happens then */
    FragileProcess(Point fatal, int occurrence, Runnable death) {
        this.death = death;
        this.fatal = fatal;
        this.occurrence = occurrence;
    }

    Map<String, Integer> passed() {
        return Map.copyOf(passed);
    }

    boolean isDead() {
        return dead;
    }

    boolean hasFired() {
        return fired.get();
    }

    /** It dies now. */
    void die() {
        dead = true;
        death.run();
        new ArrayList<>(connections).forEach(FragileProcess::cut);
    }

    private static void cut(XAConnection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            // It is of no use any more, which is what was wanted.
        }
    }

    private boolean passes(String what, boolean after) {
        String key = new Point(what, after, Victim.MESSAGE).key();
        int times = passed.merge(key, 1, Integer::sum);
        return key.equals(fatal.key()) && times == occurrence && fired.compareAndSet(false, true);
    }

    TxnLog around(TxnLog log) {
        return around(log, () -> {});
    }

    /** @param kill has its server die, and start again */
    TxnLog around(TxnLog log, Runnable kill) {
        return (TxnLog) Proxy.newProxyInstance(
                TxnLog.class.getClassLoader(), new Class<?>[] {TxnLog.class}, (proxy, method, arguments) -> {
                    if (OF_ADMINISTRATION.contains(method.getName()) || method.getDeclaringClass() == Object.class) {
                        return invoke(log, method, arguments);
                    }
                    String what = what(TxnLog.class, method);
                    lose(what, false, kill);
                    Object answer = invoke(log, method, arguments);
                    lose(what, true, kill);
                    return answer;
                });
    }

    private void lose(String what, boolean after, Runnable kill) {
        boolean now = !dead && passes(what, after);
        if (now && fatal.victim() == Victim.PROCESS) {
            die();
        } else if (now && fatal.victim() == Victim.SERVER) {
            kill.run();
        }
        if (now || dead) {
            throw new TxnException("There was no answer, " + what, null);
        }
    }

    /** How others reach a participant in it. */
    BranchEndpoint reached(BranchEndpoint endpoint) {
        return call -> asked("BranchEndpoint." + call.operation(), () -> endpoint.call(call));
    }

    /** How it asks for outcomes. */
    InquiryEndpoint asking(InquiryEndpoint home) {
        return inquiry -> asked("InquiryEndpoint.ask", () -> home.ask(inquiry));
    }

    private <T> CompletionStage<T> asked(String what, Supplier<CompletionStage<T>> question) {
        try {
            lose(what, false, () -> {});
        } catch (TxnException e) {
            return CompletableFuture.failedStage(e);
        }
        return question.get().thenApply(reply -> {
            lose(what, true, () -> {});
            return reply;
        });
    }

    /** @param kill has the server die, and start again */
    XADataSource around(XADataSource source, Runnable kill) {
        return (XADataSource) Proxy.newProxyInstance(
                XADataSource.class.getClassLoader(),
                new Class<?>[] {XADataSource.class},
                (proxy, method, arguments) -> {
                    if (dead) {
                        throw new SQLException("The process is dead");
                    }
                    Object answer = invoke(source, method, arguments);
                    return answer instanceof XAConnection connection ? around(connection, kill) : answer;
                });
    }

    private XAConnection around(XAConnection connection, Runnable kill) {
        connections.add(connection);
        return (XAConnection) Proxy.newProxyInstance(
                XAConnection.class.getClassLoader(),
                new Class<?>[] {XAConnection.class},
                (proxy, method, arguments) -> {
                    Object answer = invoke(connection, method, arguments);
                    if (answer instanceof XAResource resource) {
                        return around(resource, connection, kill);
                    }
                    return answer instanceof Connection session ? around(session, connection, kill) : answer;
                });
    }

    private Connection around(Connection session, XAConnection connection, Runnable kill) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object answer = invoke(session, method, arguments);
                    return answer instanceof PreparedStatement statement
                            ? around(statement, (String) arguments[0], connection, kill)
                            : answer;
                });
    }

    private PreparedStatement around(PreparedStatement statement, String sql, XAConnection connection, Runnable kill) {
        Matcher named = STATEMENT.matcher(sql);
        String what = named.matches() ? named.group(1).replaceFirst(" .* ", " ") + " " + named.group(2) : "";
        return (PreparedStatement) Proxy.newProxyInstance(
                PreparedStatement.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) -> {
                    if (what.isEmpty() || !method.getName().startsWith("execute")) {
                        return invoke(statement, method, arguments);
                    }
                    refuse(strike(what, false, connection, kill));
                    Object answer = invoke(statement, method, arguments);
                    refuse(strike(what, true, connection, kill));
                    return answer;
                });
    }

    private static void refuse(boolean lost) throws SQLException {
        if (lost) {
            throw new SQLException("There was no answer", "08S01");
        }
    }

    private XAResource around(XAResource resource, XAConnection connection, Runnable kill) {
        return (XAResource) Proxy.newProxyInstance(
                XAResource.class.getClassLoader(), new Class<?>[] {XAResource.class}, (proxy, method, arguments) -> {
                    if (NOT_USED.contains(method.getName()) || method.getDeclaringClass() == Object.class) {
                        return invoke(resource, method, arguments);
                    }
                    String what = what(XAResource.class, method);
                    fail(strike(what, false, connection, kill));
                    Object answer = invoke(resource, method, arguments);
                    fail(strike(what, true, connection, kill));
                    return answer;
                });
    }

    private static void fail(boolean lost) throws XAException {
        if (lost) {
            throw new XAException(XAException.XAER_RMFAIL);
        }
    }

    /** Whether there is no answer. */
    private boolean strike(String what, boolean after, XAConnection connection, Runnable kill) {
        boolean now = !dead && passes(what, after);
        if (now) {
            switch (fatal.victim()) {
                case PROCESS -> die();
                case SERVER -> kill.run();
                case CONNECTION -> cut(connection);
                case MESSAGE -> {
                    // Nothing else happens.
                }
            }
        }
        return now || dead;
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
