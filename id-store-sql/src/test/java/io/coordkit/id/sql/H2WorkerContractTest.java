package io.coordkit.id.sql;

import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.testkit.id.WorkerLeaseContract;
import io.coordkit.testkit.server.Servers;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;

class H2WorkerContractTest extends WorkerLeaseContract {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String url = Servers.shared().h2().createDatabase("worker_" + DATABASES.incrementAndGet());

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
