package io.coordkit.txn.twophase;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.coordkit.testkit.server.Servers;
import io.coordkit.testkit.txn.CoordinatorContract;
import io.coordkit.txn.LocalWork;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TccTransaction;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TwoPhaseTransaction;
import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.TxnLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** The rules of coordinators are the same for two-phase commit, with participants elsewhere. */
class TwoPhaseCoordinatorContractTest extends CoordinatorContract {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final DataSource database = emptyDatabase("two_phase_log_" + DATABASES.incrementAndGet());

    /** Where the log lies, each test's in another database. */
    DataSource emptyDatabase(String name) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(Servers.shared().h2().createDatabase(name));
        return source;
    }

    /** Not one that takes work along with decisions: two-phase commit has its own way for that. */
    @Override
    protected TxnLog openLog() {
        TxnLog log = SqlTxnLog.using(database);
        return (TxnLog) Proxy.newProxyInstance(
                TxnLog.class.getClassLoader(), new Class<?>[] {TxnLog.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(log, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    @Override
    protected Tcc openCoordinator(String name, Duration lease, TxnLog log, Map<String, BranchEndpoint> participants) {
        TwoPhaseCoordinator.Builder builder = TwoPhaseCoordinator.builder()
                .log(log)
                .name(name)
                .lease(lease)
                .maxAttempts(8)
                .retry(RetrySchedule.DEFAULTS.withWaits(ofMillis(20), ofMillis(200)))
                .callTimeout(ofSeconds(1));
        participants.forEach(builder::participant);
        return new AsTcc(builder.open());
    }

    /** Seen as TCC: its transactions with participants elsewhere only. */
    private record AsTcc(TwoPhase twoPhase) implements Tcc {
        @Override
        public TccCall begin(String gid) {
            return new Call(twoPhase.begin(gid));
        }

        @Override
        public Optional<TxnStatus> outcome(String gid) {
            return twoPhase.outcome(gid);
        }

        @Override
        public TxnStatus resolve(String gid) {
            return twoPhase.resolve(gid);
        }

        @Override
        public List<TxnStatus> unfinished(int limit) {
            return twoPhase.unfinished(limit);
        }

        @Override
        public InquiryEndpoint inquiries() {
            return twoPhase.inquiries();
        }

        @Override
        public TxnAdmin admin() {
            return twoPhase.admin();
        }

        @Override
        public void close() {
            twoPhase.close();
        }
    }

    private record Call(TwoPhase.TwoPhaseCall call) implements Tcc.TccCall {
        @Override
        public Tcc.TccCall timeout(Duration timeout) {
            return new Call(call.timeout(timeout));
        }

        @Override
        public Tcc.TccCall awaitPhase2(Duration patience) {
            return new Call(call.awaitPhase2(patience));
        }

        @Override
        public <T> Outcome<T> run(Tcc.TccBody<T> body) throws InterruptedException {
            return call.run(tx -> body.run(new Transaction(tx)));
        }

        @Override
        public <T> Outcome<T> run(Tcc.TccBody<T> body, LocalWork<T> work) {
            throw new IllegalStateException("two-phase commit writes by the connections of its body");
        }
    }

    private record Transaction(TwoPhaseTransaction tx) implements TccTransaction {
        @Override
        public String gid() {
            return tx.gid();
        }

        @Override
        public String enlist(String participant, byte[] payload) {
            return tx.enlist(participant, payload);
        }
    }
}
