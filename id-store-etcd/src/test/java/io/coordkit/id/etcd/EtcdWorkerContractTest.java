package io.coordkit.id.etcd;

import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.testkit.id.WorkerLeaseContract;
import io.coordkit.testkit.server.EtcdServer;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class EtcdWorkerContractTest extends WorkerLeaseContract {
    private static EtcdServer server;
    private static Client client;

    @BeforeAll
    static void startServer() {
        server = EtcdServer.start();
        client = EtcdConnection.open("etcd://" + server.address(), Optional.empty());
    }

    @AfterAll
    static void stopServer() {
        client.close();
        server.close();
    }

    @Override
    protected WorkerLeaseSource open() {
        return WorkerLeases.on(EtcdWorkers.over(client, () -> {}, InstantSource.system(), System::nanoTime));
    }

    @Override
    protected void forget(String tag, int worker) throws Exception {
        client.getKVClient()
                .delete(ByteSequence.from("ck/ids/w/" + tag + "\0" + worker, StandardCharsets.UTF_8))
                .get(10, TimeUnit.SECONDS);
    }

    /** etcd's leases have whole seconds, and not less than two. */
    @Override
    protected Duration window() {
        return Duration.ofSeconds(2);
    }
}
