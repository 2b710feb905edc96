package io.coordkit.txn.tcc;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.coordkit.testkit.txn.CoordinatorContract;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;

class TccCoordinatorContractTest extends CoordinatorContract {
    private final JdbcConnectionPool pool = JdbcConnectionPool.create(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");

    @Override
    protected TxnLog openLog() {
        pool.setMaxConnections(64);
        return SqlTxnLog.using(pool);
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
