package io.coordkit.id.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.id.snowflake.SnowflakeIds;
import io.coordkit.testkit.server.FreePort;
import io.coordkit.testkit.server.Servers;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The facade with a worker store in ZooKeeper, chosen by its URI. */
class ZooKeeperWorkerStoreTest {

    @Test
    void zooKeeperIsChosenByItsUri_withAPathThatIsCreated() {
        try (Coordkit kit = open("zk://" + Servers.shared().zooKeeper().address() + "/shop")) {
            SnowflakeIds ids = (SnowflakeIds) kit.ids("order");
            assertThat(ids.inspect(ids.next()).machine()).isEqualTo(ids.worker());
        }
    }

    @Test
    void zooKeeperThatIsNotThere_isNamed_andCredentialsInTheUriAreRefusedUntold() {
        String nobody = "127.0.0.1:" + FreePort.find();
        assertThatThrownBy(() -> open("zk://" + nobody).close())
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining(nobody);
        assertThatThrownBy(() -> open("zk://user:s3cret@" + nobody).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("credentials")
                .hasMessageNotContaining("s3cret");
    }

    private static Coordkit open(String uri) {
        Properties properties = new Properties();
        properties.setProperty("coordkit.ids.order.type", "snowflake");
        properties.setProperty("coordkit.ids.order.worker-store", uri);
        properties.setProperty("coordkit.ids.order.window", "PT1S");
        return Coordkit.open(CoordkitConfig.fromProperties(properties));
    }
}
