package io.coordkit.txn.core;

import io.coordkit.txn.TxnState;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TransactionalLog;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where something can die. All points are made from the code that is tested: each operation of a participant, each method
 * of a log and of an inquiry, each kind of change that a log in files appends. So what is added to that code is a point
 * as well, and one that no test passes until a scenario is written that does.
 *
 * @param what in the middle of what
 * @param moment when
 * @param victim who dies
 */
record CrashPoint(String what, Moment moment, Victim victim) {
    /** How far it has come. */
    enum Moment {
        /** Nothing has reached the other side, or the disk. */
        NOT_SENT,
        /** The other side is in the middle of it. */
        INSIDE,
        /** The other side's database has committed it, and did not say so. */
        UNHEARD,
        /** The other side has done it; nobody was told. */
        REPLY_LOST,
        /** Half of it is in the file. */
        TORN,
        /** It is in the file, and not on disk. */
        NOT_FORCED,
        /** It is on disk; nobody was told. */
        FORCED
    }

    /** Who dies, and is back soon; or only a message is lost, or the business code fails. */
    enum Victim {
        NOBODY,
        COORDINATOR,
        PARTICIPANT,
        DATABASE
    }

    private static final Set<Moment> REMOTE = EnumSet.of(Moment.NOT_SENT, Moment.INSIDE, Moment.REPLY_LOST);
    private static final Set<Moment> LOCAL = EnumSet.of(Moment.NOT_SENT, Moment.REPLY_LOST);
    private static final Set<Moment> ON_DISK =
            EnumSet.of(Moment.NOT_SENT, Moment.TORN, Moment.NOT_FORCED, Moment.FORCED);

    /** Every point there is. */
    static Set<CrashPoint> all() {
        Set<CrashPoint> points = new LinkedHashSet<>();
        for (Operation operation : List.of(Operation.TRY, Operation.CONFIRM, Operation.CANCEL)) {
            add(points, what(operation), REMOTE, EnumSet.allOf(Victim.class));
            add(points, what(operation), EnumSet.of(Moment.UNHEARD), EnumSet.of(Victim.DATABASE));
        }
        methods(TransactionalLog.class).forEach(method -> {
            boolean hasWork = method.getParameterCount() > 0
                    && Arrays.asList(method.getParameterTypes()).contains(TransactionalLog.Work.class);
            add(points, what(method), hasWork ? REMOTE : LOCAL, EnumSet.of(Victim.NOBODY, Victim.COORDINATOR));
        });
        methods(InquiryEndpoint.class)
                .forEach(method -> add(points, what(method), LOCAL, EnumSet.of(Victim.NOBODY, Victim.PARTICIPANT)));
        appends().forEach(append -> add(points, append, ON_DISK, EnumSet.of(Victim.COORDINATOR)));
        return points;
    }

    private static void add(Set<CrashPoint> points, String what, Set<Moment> moments, Set<Victim> victims) {
        for (Moment moment : moments) {
            victims.forEach(victim -> points.add(new CrashPoint(what, moment, victim)));
        }
    }

    /** Logs and endpoints are closed by whoever opened them, not by what is tested. */
    private static Stream<Method> methods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .filter(method -> !method.getName().equals("close"));
    }

    /** A put is known by the state that it puts. */
    private static Stream<String> appends() {
        return Arrays.stream(LogChange.class.getPermittedSubclasses())
                .flatMap(kind -> kind == LogChange.Put.class
                        ? Arrays.stream(TxnState.values()).map(state -> "append Put " + state)
                        : Stream.of("append " + kind.getSimpleName()));
    }

    static String what(Operation operation) {
        return "call " + operation;
    }

    static String what(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    static String what(LogChange change) {
        return "append " + change.getClass().getSimpleName()
                + (change instanceof LogChange.Put put
                        ? " " + put.entry().transaction().state()
                        : "");
    }

    @Override
    public String toString() {
        return what + " " + moment + ", " + victim + " dies";
    }
}
