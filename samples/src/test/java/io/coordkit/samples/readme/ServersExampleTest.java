package io.coordkit.samples.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.Locks;
import io.coordkit.testkit.server.CoordkitServers;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

// servers begins
@CoordkitServers(locks = "redis")
class ServersExampleTest {
    @Test
    void oneSellsAtATime(LockClient mine, LockClient other) throws InterruptedException {
        try (Hold hold = mine.mutex("sku:4711").acquire(Duration.ofSeconds(10))) {
            assertThat(other.mutex("sku:4711").tryAcquire()).isEmpty();
            hold.check();
        }
    }

    @Test
    @CoordkitServers(own = true)
    void aRedisThatIsDownIsNamed(RedisServer redis) {
        redis.kill9();
        assertThatThrownBy(() -> Locks.open(redis.uri())).isInstanceOf(BackendUnreachableException.class);
    }
}
// servers ends
