package io.coordkit.id.sql;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.testkit.id.WorkerLeaseContract;
import io.coordkit.testkit.server.SqlServer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;

/** The contract of worker numbers, on a server that a subclass starts. */
@SuppressWarnings("NullAway.Init") // startOn, before all tests
abstract class SqlServerWorkerContract extends WorkerLeaseContract {
    private static SqlServer server;
    private static MysqlDataSource dataSource;

    static void startOn(SqlServer started) {
        server = started;
        dataSource = new MysqlDataSource();
        dataSource.setUrl(server.createDatabase("workers"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected WorkerLeaseSource open() {
        return SqlWorkerLeases.using(dataSource);
    }

    @Override
    protected void forget(String tag, int worker) {
        Jdbi.create(dataSource)
                .useHandle(handle ->
                        handle.execute("DELETE FROM coordkit_worker_lease WHERE tag = ? AND worker = ?", tag, worker));
    }
}
