package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.lock.spi.LockBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("its base line would see the threads of others")
class MemoryThreadsContractTest extends LockThreadsContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = BaseLine.ofThreads();

    private final MemoryLocks store = MemoryLocks.create();

    @Override
    protected LockBackend openBackend() {
        return store.backend();
    }

    @Test
    void L38_aClientThatIsNotClosedIsSeen() throws Exception {
        try (LockClient client = store.connect();
                Hold hold = client.mutex("seen").acquire(patience())) {
            assertThat(hold.isHeld()).isTrue();
            assertThat(BASE_LINE.left()).containsOnlyKeys("threads");
        }
    }
}
