package io.coordkit.lock.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.testkit.server.EtcdServer;
import io.coordkit.testkit.server.Servers;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EtcdFenceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String name = "stock:" + UUID.randomUUID();
    private final ByteSequence key = bytes(name);
    private Client etcd;
    private Hold older;
    private Hold newer;

    @BeforeEach
    void takeTheLockTwice() throws InterruptedException {
        EtcdServer server = Servers.shared().etcd();
        etcd = Client.builder().endpoints("http://" + server.address()).build();
        try (LockClient locks = EtcdLocks.using(etcd)) {
            older = locks.mutex(name).acquire(PATIENCE);
            older.close();
            newer = locks.mutex(name).acquire(PATIENCE);
            newer.close();
        }
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    @Test
    void whoeverIsOlderThanTheNewestIsRefusedAndWritesNothing() {
        EtcdFence fence = EtcdFence.using(etcd, 0);
        assertThat(put(fence, "1", older)).isTrue();
        assertThat(fence.enter(key, newer).join()).isTrue();
        assertThat(put(fence, "2", older)).isFalse();
        assertThat(fence.enter(key, older).join()).isFalse();
        assertThat(values()).containsExactly("1");
        assertThat(put(fence, "3", newer)).isTrue();
        assertThat(put(fence, "4", newer)).as("again").isTrue();
        assertThat(values()).containsExactly("4");
    }

    @Test
    void aHigherEraIsNewerWhateverTheTokens() {
        assertThat(EtcdFence.using(etcd, 9).enter(key, newer).join()).isTrue();
        assertThat(EtcdFence.using(etcd, 10).enter(key, older).join()).isTrue();
        assertThat(EtcdFence.using(etcd, 9).enter(key, newer).join()).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdFence.using(etcd, -1))
                .withMessageContaining("era must be 0 or greater, was -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdFence.using(etcd, 0).enter(ByteSequence.EMPTY, newer))
                .withMessageContaining("key");
    }

    private boolean put(EtcdFence fence, String value, Hold hold) {
        return fence.commit(key, hold, List.of(Op.put(key, bytes(value), PutOption.DEFAULT)))
                .join();
    }

    private List<String> values() {
        return etcd.getKVClient().get(key).join().getKvs().stream()
                .map(KeyValue::getValue)
                .map(value -> value.toString(StandardCharsets.UTF_8))
                .toList();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
