package io.coordkit.txn.tcc;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.coordkit.testkit.server.Servers;
import io.coordkit.testkit.txn.CoordinatorContract;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class TccCoordinatorContractTest extends CoordinatorContract {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final DataSource database = emptyDatabase("tcc_log_" + DATABASES.incrementAndGet());

    /** Where the log lies, each test's in another database. */
    DataSource emptyDatabase(String name) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(Servers.shared().h2().createDatabase(name));
        return source;
    }

    @Override
    protected TxnLog openLog() {
        return SqlTxnLog.using(database);
    }

    @Override
    protected Tcc openCoordinator(String name, Duration lease, TxnLog log, Map<String, BranchEndpoint> participants) {
        TccCoordinator.Builder builder = TccCoordinator.builder()
                .log(log)
                .name(name)
                .lease(lease)
                .maxAttempts(8)
                .retry(RetrySchedule.DEFAULTS.withWaits(ofMillis(20), ofMillis(200)))
                .callTimeout(ofSeconds(1));
        participants.forEach(builder::participant);
        return builder.open();
    }
}
