package io.coordkit.txn.core;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.testkit.server.SqlServer;
import io.coordkit.testkit.txn.TxnLogContract;
import io.coordkit.txn.spi.TxnLog;
import org.junit.jupiter.api.AfterAll;

/** The contract of the log, on a server that a subclass starts. */
@SuppressWarnings("NullAway.Init") // startOn, before all tests
abstract class SqlServerTxnLogContract extends TxnLogContract {
    private static SqlServer server;
    private static MysqlDataSource dataSource;

    static void startOn(SqlServer started) {
        server = started;
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
