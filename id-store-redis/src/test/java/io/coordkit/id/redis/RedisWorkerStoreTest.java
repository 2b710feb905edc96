package io.coordkit.id.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The facade with a worker store in Redis, chosen by its URI. */
class RedisWorkerStoreTest {
    private static final RedisServer SERVER = Servers.shared().redis();

    @Test
    void userThatRedisDoesNotKnow_isRefusedByItsAnswer_andThePasswordIsNotTold() {
        assertThatThrownBy(() ->
                        open("redis://stranger:s3cret@" + SERVER.address()).close())
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContainingAll(SERVER.address(), "WRONGPASS")
                .hasMessageNotContaining("s3cret");
        try (Coordkit kit = open(SERVER.uri())) {
            assertThat(kit.ids("order").next()).isPositive();
        }
    }

    private static Coordkit open(String uri) {
        Properties properties = new Properties();
        properties.setProperty("coordkit.ids.order.type", "snowflake");
        properties.setProperty("coordkit.ids.order.worker-store", uri);
        properties.setProperty("coordkit.ids.order.window", "PT1S");
        return Coordkit.open(CoordkitConfig.fromProperties(properties));
    }
}
