package io.coordkit.txn.core;

import io.coordkit.testkit.txn.TxnLogContract;
import io.coordkit.txn.spi.TxnLog;
import java.nio.file.Path;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class H2TxnLogTest extends TxnLogContract {
    @TempDir
    private static Path directory;

    private static JdbcConnectionPool pool;

    @BeforeAll
    static void open() {
        pool = JdbcConnectionPool.create("jdbc:h2:" + directory.resolve("log") + ";WRITE_DELAY=0", "sa", "");
        pool.setMaxConnections(16);
    }

    @AfterAll
    static void dispose() {
        pool.dispose();
    }

    @Override
    protected TxnLog openLog() {
        return SqlTxnLog.using(pool);
    }
}
