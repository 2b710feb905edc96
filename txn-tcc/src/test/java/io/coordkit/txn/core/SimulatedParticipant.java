package io.coordkit.txn.core;

import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.core.CrashPoint.Moment;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.coordkit.txn.tcc.TccParticipant;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * A participant with its guard on H2, both of which can die, and are back soon. It leaves a row for each operation that
 * took effect, and refuses the payload {@value #REFUSED}. Thread-safe.
 */
final class SimulatedParticipant implements BranchEndpoint {
    static final String REFUSED = "refused";

    private static final Duration TTL = Duration.ofMillis(300);
    private static final Duration OUTAGE = Duration.ofMillis(100);

    /** What the thread has carried out and not committed. */
    private static final ThreadLocal<Operation> CARRIED_OUT = new ThreadLocal<>();

    private final DataSource database;
    private final Jdbi jdbi;
    private final InquiryEndpoint inquiries;
    private final BiPredicate<Operation, Moment> dies;
    private final SystemScheduler timer = new SystemScheduler("simulated-participant");
    private volatile GuardedParticipant guarded;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean down;
    private volatile boolean databaseDown;
    private boolean closed;

    /**
     * @param inquiries whom it asks; its own failures are no answer
     * @param dies told of each operation and of how far it has come; whether it is not to come any further
     */
    SimulatedParticipant(DataSource dataSource, InquiryEndpoint inquiries, BiPredicate<Operation, Moment> dies) {
        this.database = mortal(dataSource);
        this.jdbi = Jdbi.create(dataSource);
        this.inquiries = inquiries;
        this.dies = dies;
        jdbi.useHandle(handle -> handle.execute("CREATE TABLE IF NOT EXISTS effects (gid VARCHAR(64) NOT NULL,"
                + " branch VARCHAR(32) NOT NULL, operation VARCHAR(10) NOT NULL)"));
        this.guarded = open();
    }

    private DataSource mortal(DataSource dataSource) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (databaseDown) {
                        throw new SQLException("the database is down");
                    }
                    Object answer = method.invoke(dataSource, arguments);
                    return answer instanceof Connection connection ? unreliable(connection) : answer;
                });
    }

    /** Its commits may take effect without an answer. */
    private Connection unreliable(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object answer = invoke(connection, method, arguments);
                    Operation committed = method.getName().equals("commit") ? CARRIED_OUT.get() : null;
                    if (committed != null) {
                        CARRIED_OUT.remove();
                        if (dies.test(committed, Moment.UNHEARD)) {
                            throw new SQLNonTransientConnectionException("the connection is gone", "08S01");
                        }
                    }
                    return answer;
                });
    }

    private static Object invoke(Connection connection, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private GuardedParticipant open() {
        return GuardedParticipant.on(database, new Business(), bytes -> new String(bytes, StandardCharsets.UTF_8))
                .threads(4)
                .reservationTtl(TTL)
                .asks("default", this::ask)
                .open();
    }

    private CompletionStage<InquiryReply> ask(Inquiry inquiry) {
        try {
            return inquiries.ask(inquiry);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private final class Business implements TccParticipant<String> {
        @Override
        public void onTry(Handle handle, BranchCall call, String payload) {
            if (payload.equals(REFUSED)) {
                awaitOthers(call);
                throw new RefusedException("as asked");
            }
            effect(handle, call);
        }

        @Override
        public void onConfirm(Handle handle, BranchCall call, String payload) {
            effect(handle, call);
        }

        @Override
        public void onCancel(Handle handle, BranchCall call, String payload) {
            effect(handle, call);
        }

        private void effect(Handle handle, BranchCall call) {
            handle.execute(
                    "INSERT INTO effects VALUES (?, ?, ?)",
                    call.gid(),
                    call.branch(),
                    call.operation().name());
            if (dies.test(call.operation(), Moment.INSIDE)) {
                throw new IllegalStateException("died inside of " + call);
            }
            CARRIED_OUT.set(call.operation());
        }
    }

    /** So that there is something to cancel. */
    private void awaitOthers(BranchCall refused) {
        long end = System.nanoTime() + OUTAGE.multipliedBy(5).toNanos();
        while (effects(refused.gid(), Operation.TRY) < Integer.parseInt(refused.branch()) - 1
                && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    /** The participant's process dies and is started again. */
    void die() {
        down = true;
        guarded.close();
        timer.schedule(OUTAGE, this::revive);
    }

    private synchronized void revive() {
        if (!closed) {
            guarded = open();
            down = false;
        }
    }

    /** Its database dies and is started again. */
    void databaseDies() {
        databaseDown = true;
        timer.schedule(OUTAGE, () -> databaseDown = false);
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        if (down) {
            return CompletableFuture.failedStage(new IllegalStateException("the participant is down"));
        }
        underWay.incrementAndGet();
        return guarded.call(call).whenComplete((reply, failure) -> underWay.decrementAndGet());
    }

    /** Whether something is reserved, or about to be. */
    boolean holdsReservations() {
        try {
            return down || underWay.get() > 0 || !guarded.reservations(1).isEmpty();
        } catch (JdbiException e) {
            return true;
        }
    }

    /** How many branches of that transaction it has carried out that operation for, each once. */
    int effects(String gid, Operation operation) {
        return jdbi.withHandle(handle -> {
            int all = count(handle, "COUNT(*)", gid, operation);
            if (all != count(handle, "COUNT(DISTINCT branch)", gid, operation)) {
                throw new AssertionError(operation + " took effect twice for a branch of " + gid);
            }
            return all;
        });
    }

    private static int count(Handle handle, String what, String gid, Operation operation) {
        return handle.createQuery("SELECT " + what + " FROM effects WHERE gid = ? AND operation = ?")
                .bind(0, gid)
                .bind(1, operation.name())
                .mapTo(Integer.class)
                .one();
    }

    @Override
    public synchronized void close() {
        closed = true;
        guarded.close();
        timer.close();
    }
}
