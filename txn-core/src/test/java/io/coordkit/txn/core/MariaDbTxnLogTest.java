package io.coordkit.txn.core;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.txn.TxnLogContract;
import io.coordkit.txn.spi.TxnLog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MariaDbTxnLogTest extends TxnLogContract {
    private static MariaDbServer server;
    private static MysqlDataSource dataSource;

    @BeforeAll
    static void start() {
        server = MariaDbServer.start();
        dataSource = new MysqlDataSource();
        dataSource.setUrl(server.createDatabase("txn"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected TxnLog openLog() {
        return SqlTxnLog.using(dataSource);
    }
}
