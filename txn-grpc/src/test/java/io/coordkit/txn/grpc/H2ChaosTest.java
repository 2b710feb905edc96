package io.coordkit.txn.grpc;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class H2ChaosTest extends MessageChaos {
    private static JdbcConnectionPool pool;

    @BeforeAll
    static void start() {
        pool = StockServer.database();
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
