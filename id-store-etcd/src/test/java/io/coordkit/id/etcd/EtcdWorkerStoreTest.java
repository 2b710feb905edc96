package io.coordkit.id.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.id.snowflake.SnowflakeIds;
import io.coordkit.testkit.server.EtcdServer;
import io.coordkit.testkit.server.FreePort;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The facade with a worker store in etcd, chosen by its URI. */
class EtcdWorkerStoreTest {
    private static final ByteSequence ROOT = ByteSequence.from("root", StandardCharsets.UTF_8);

    @Test
    void etcdWithUsers_isChosenByItsUri_andAWrongPasswordIsRefusedByItsAnswer() throws Exception {
        try (EtcdServer server = EtcdServer.start()) {
            try (Client client = EtcdConnection.open("etcd://" + server.address(), Optional.empty())) {
                Auth auth = client.getAuthClient();
                auth.userAdd(ROOT, ByteSequence.from("right", StandardCharsets.UTF_8))
                        .get();
                auth.userGrantRole(ROOT, ROOT).get();
                auth.authEnable().get();
            }
            try (Coordkit kit = open("etcd://root:right@" + server.address())) {
                SnowflakeIds ids = (SnowflakeIds) kit.ids("order");
                assertThat(ids.inspect(ids.next()).machine()).isEqualTo(ids.worker());
            }
            assertThatThrownBy(
                            () -> open("etcd://root:s3cret@" + server.address()).close())
                    .isInstanceOf(BackendUnreachableException.class)
                    .hasMessageContainingAll("root@" + server.address(), "UNAUTHENTICATED")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void etcdThatIsNotThere_isNamed() {
        String nobody = "127.0.0.1:" + FreePort.find();
        assertThatThrownBy(() -> open("etcd://" + nobody).close())
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining(nobody);
    }

    private static Coordkit open(String uri) {
        Properties properties = new Properties();
        properties.setProperty("coordkit.ids.order.type", "snowflake");
        properties.setProperty("coordkit.ids.order.worker-store", uri);
        properties.setProperty("coordkit.ids.order.window", "PT1S");
        return Coordkit.open(CoordkitConfig.fromProperties(properties));
    }
}
