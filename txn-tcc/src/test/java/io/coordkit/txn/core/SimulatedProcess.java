package io.coordkit.txn.core;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.core.CrashPoint.Moment;
import io.coordkit.txn.core.CrashPoint.Victim;
import io.coordkit.txn.spi.BranchEndpoint;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Everything that one coordinator reaches, and the points that it passes as it does. At the chosen one somebody dies; if
 * that is the coordinator, nothing that it asks for from then on takes effect or is answered, whatever its threads still
 * try. Thread-safe.
 */
final class SimulatedProcess {
    private final CrashPoint fatal;
    private final int occurrence;
    private final Consumer<Victim> strike;
    private final Map<String, Integer> passed = new ConcurrentHashMap<>();
    private final AtomicBoolean fired = new AtomicBoolean();
    private volatile boolean dead;

    /**
     * @param fatal where somebody dies
     * @param occurrence when that is passed for that time, from 1; 0 for never
     * @param strike has the victim die, unless it is this process
     */
    SimulatedProcess(CrashPoint fatal, int occurrence, Consumer<Victim> strike) {
        this.fatal = fatal;
        this.occurrence = occurrence;
        this.strike = strike;
    }

    /** How often each point has been passed, by {@link #key}. */
    Map<String, Integer> passed() {
        return Map.copyOf(passed);
    }

    static String key(String what, Moment moment) {
        return what + " " + moment;
    }

    boolean hasFired() {
        return fired.get();
    }

    boolean isDead() {
        return dead;
    }

    /** It dies now. */
    void die() {
        dead = true;
    }

    /** Passes a point; whether something dies there. */
    boolean passes(String what, Moment moment) {
        int times = passed.merge(key(what, moment), 1, Integer::sum);
        boolean now = what.equals(fatal.what())
                && moment == fatal.moment()
                && times == occurrence
                && fired.compareAndSet(false, true);
        if (now && fatal.victim() == Victim.COORDINATOR) {
            die();
        } else if (now) {
            strike.accept(fatal.victim());
        }
        return now;
    }

    private void mustLive(String what) {
        if (dead) {
            throw new TxnException("The process is dead, " + what, null);
        }
    }

    /** A log or an endpoint that dies at the points of its methods. */
    <T> T around(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close") || method.getDeclaringClass() == Object.class) {
                        return invoke(target, method, arguments);
                    }
                    String what = CrashPoint.what(method);
                    mustLive(what);
                    if (passes(what, Moment.NOT_SENT)) {
                        return lost(method, what);
                    }
                    mustLive(what);
                    Object answer = invoke(target, method, arguments);
                    mustLive(what);
                    return passes(what, Moment.REPLY_LOST) ? lost(method, what) : answer;
                }));
    }

    /** What comes of a call that gets no answer: its stage fails, or it does itself. */
    private static Object lost(Method method, String what) {
        TxnException lost = new TxnException("There was no answer, " + what, null);
        if (method.getReturnType() == CompletionStage.class) {
            return CompletableFuture.failedStage(lost);
        }
        throw lost;
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** A participant; its business code passes the points inside of its calls. */
    BranchEndpoint wire(BranchEndpoint endpoint) {
        return call -> {
            String what = CrashPoint.what(call.operation());
            TxnException lost = new TxnException("There was no answer, " + what, null);
            if (dead || passes(what, Moment.NOT_SENT)) {
                return CompletableFuture.failedStage(lost);
            }
            return endpoint.call(call).thenCompose(reply -> {
                boolean lostNow = dead || passes(what, Moment.REPLY_LOST);
                return lostNow ? CompletableFuture.failedStage(lost) : CompletableFuture.completedStage(reply);
            });
        };
    }
}
