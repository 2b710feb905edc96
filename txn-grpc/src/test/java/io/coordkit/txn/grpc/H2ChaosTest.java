package io.coordkit.txn.grpc;

import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class H2ChaosTest extends MessageChaos {
    private static JdbcConnectionPool pool;

    @BeforeAll
    static void start() {
        // H2 notices a deadlock when the wait for a lock is over.
        pool = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0;LOCK_TIMEOUT=100", "sa", "");
        pool.setMaxConnections(32);
    }

    @AfterAll
    static void stop() {
        pool.dispose();
    }

    @Override
    DataSource database() {
        return pool;
    }

    @Override
    String binary() {
        return "";
    }

    @Override
    int transactions() {
        return 1_000;
    }
}
