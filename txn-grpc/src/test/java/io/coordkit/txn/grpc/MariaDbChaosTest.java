package io.coordkit.txn.grpc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.testkit.server.MariaDbServer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** At MariaDB's own isolation level, REPEATABLE READ. */
class MariaDbChaosTest extends MessageChaos {
    private static MariaDbServer server;
    private static HikariDataSource pool;

    @BeforeAll
    static void start() {
        server = MariaDbServer.start();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.createDatabase("chaos"));
        config.setMaximumPoolSize(20);
        pool = new HikariDataSource(config);
    }

    @AfterAll
    static void stop() {
        pool.close();
        server.close();
    }

    @Override
    DataSource newDatabase() {
        return pool;
    }

    @Override
    String binary() {
        return "COLLATE utf8mb4_bin";
    }

    @Test
    void twoThousand() throws Exception {
        everythingLostRepeatedDelayedAndReordered_isDoneOnceOrNotAtAll(2_000);
    }
}
