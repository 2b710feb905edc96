package io.coordkit.lock.etcd;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.server.EtcdServer;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.DeleteOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class EtcdLockContractTest extends LockBackendContract {
    private static EtcdServer server;
    private static Client admin;

    @BeforeAll
    static void start() {
        server = EtcdServer.start();
        admin = Client.builder().endpoints("http://" + server.address()).build();
    }

    @AfterAll
    static void stop() {
        admin.close();
        server.close();
    }

    @Override
    protected LockBackend openBackend() {
        return EtcdConnection.open(EtcdAddress.parse("etcd://" + server.address()), Optional.empty());
    }

    @Override
    protected void loseFromStore(String name) {
        admin.getKVClient()
                .delete(
                        ByteSequence.from(EtcdKeys.prefix(name), StandardCharsets.UTF_8),
                        DeleteOption.builder().isPrefix(true).build())
                .join();
    }

    /** The least that etcd counts to. */
    @Override
    protected Duration shortTtl() {
        return Duration.ofSeconds(2);
    }
}
