package io.coordkit.txn.grpc;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class H2ChaosTest extends MessageChaos {
    private @Nullable JdbcConnectionPool pool;

    @AfterEach
    void dispose() {
        if (pool != null) {
            StockServer.drop(pool);
        }
    }

    @Override
    DataSource newDatabase() {
        dispose();
        // H2 notices some deadlocks only when the wait for a lock is over.
        JdbcConnectionPool next = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0;LOCK_TIMEOUT=100", "sa", "");
        next.setMaxConnections(32);
        pool = next;
        return next;
    }

    @Override
    String binary() {
        return "";
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void aHundredThousand() throws Exception {
        everythingLostRepeatedDelayedAndReordered_isDoneOnceOrNotAtAll(100_000);
    }

    @Test
    @Tag("soak")
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void aMillion() throws Exception {
        for (int round = 0; round < 10; round++) {
            everythingLostRepeatedDelayedAndReordered_isDoneOnceOrNotAtAll(100_000);
        }
    }
}
