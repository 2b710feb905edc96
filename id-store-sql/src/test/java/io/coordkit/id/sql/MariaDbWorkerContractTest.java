package io.coordkit.id.sql;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.testkit.id.WorkerLeaseContract;
import io.coordkit.testkit.server.MariaDbServer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MariaDbWorkerContractTest extends WorkerLeaseContract {
    private static MariaDbServer server;
    private static MysqlDataSource dataSource;

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
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
