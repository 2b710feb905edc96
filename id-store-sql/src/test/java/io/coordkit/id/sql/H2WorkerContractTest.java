package io.coordkit.id.sql;

import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.testkit.id.WorkerLeaseContract;
import java.util.Properties;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

class H2WorkerContractTest extends WorkerLeaseContract {
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";

    @Override
    protected WorkerLeaseSource open() {
        return SqlWorkerLeases.connect(url, new Properties());
    }

    @Override
    protected void forget(String tag, int worker) {
        Jdbi.create(url)
                .useHandle(handle ->
                        handle.execute("DELETE FROM coordkit_worker_lease WHERE tag = ? AND worker = ?", tag, worker));
    }
}
