package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.id.snowflake.SnowflakeIds;
import io.coordkit.testkit.server.FreePort;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.Servers;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The facade with a worker store in a database, chosen by its URI. */
class SqlWorkerStoreTest {
    private static final MariaDbServer SERVER = Servers.shared().mariaDb();

    private static String url(int port) {
        return "jdbc:mysql://127.0.0.1:" + port + "/facade?sslMode=DISABLED";
    }

    @Test
    void databaseIsChosenByItsUrl_andUserAndPasswordReachIt() {
        SERVER.createDatabase("facade");
        try (Coordkit kit = open(url(SERVER.port()), "root", "")) {
            SnowflakeIds ids = (SnowflakeIds) kit.ids("order");
            assertThat(ids.inspect(ids.next()).machine()).isEqualTo(ids.worker());
        }
    }

    @Test
    void wrongUserAndAbsentDatabase_areNamed_andThePasswordIsNot() {
        assertThatThrownBy(() -> open(url(SERVER.port()), "stranger", "s3cret").close())
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContainingAll("127.0.0.1:" + SERVER.port(), "stranger")
                .hasMessageNotContaining("s3cret");
        int nobody = FreePort.find();
        assertThatThrownBy(() -> open(url(nobody), "root", "s3cret").close())
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("127.0.0.1:" + nobody)
                .hasMessageNotContaining("s3cret");
    }

    private static Coordkit open(String uri, String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("coordkit.ids.order.type", "snowflake");
        properties.setProperty("coordkit.ids.order.worker-store", uri);
        properties.setProperty("coordkit.ids.order.window", "PT1S");
        properties.setProperty("coordkit.ids.order.worker-user", user);
        properties.setProperty("coordkit.ids.order.worker-password", password);
        return Coordkit.open(CoordkitConfig.fromProperties(properties));
    }
}
