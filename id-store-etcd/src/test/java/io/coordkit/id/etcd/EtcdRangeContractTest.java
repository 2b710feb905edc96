package io.coordkit.id.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.config.Settings;
import io.coordkit.id.IdRange;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeAllocators;
import io.coordkit.testkit.id.RangeAllocatorContract;
import io.coordkit.testkit.server.EtcdServer;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EtcdRangeContractTest extends RangeAllocatorContract {
    private static EtcdServer server;
    private final List<Client> clients = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        server = EtcdServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void closeClients() {
        clients.forEach(Client::close);
    }

    private Client client() {
        Client client = Client.builder().endpoints("http://" + server.address()).build();
        clients.add(client);
        return client;
    }

    @Override
    protected RangeAllocator open() {
        return EtcdIds.ranges(client(), 100);
    }

    @Override
    protected void crash() {
        server.kill9();
        server.restart();
    }

    @Test
    void keyLayout_isThatOfVersionOne() throws Exception {
        Client client = client();
        assertThat(EtcdIds.ranges(client, 7).allocate("Order 7")).isEqualTo(new IdRange(1, 8));

        assertThat(client.getKVClient()
                        .get(ByteSequence.from("ck/ids/r/Order 7", StandardCharsets.UTF_8))
                        .get(60, TimeUnit.SECONDS)
                        .getKvs())
                .extracting(kv -> kv.getValue().toString())
                .containsExactly("7");
    }

    @Test
    void settings_reachEtcd() {
        Settings settings = new Settings("", Map.of("step", "5"));
        try (RangeAllocator ranges = RangeAllocators.open("etcd://" + server.address(), settings)) {
            assertThat(ranges.allocate("by-uri")).isEqualTo(new IdRange(1, 6));
        }
        settings.refuseUnread();
    }
}
