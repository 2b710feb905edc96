package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.txn.Outcome;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;

/** Two-phase commit by properties. */
class TwoPhaseSettingsTest {
    private static final String DATABASE = "coordkit.two-phase.databases.orders.";

    private static String memory() {
        return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";
    }

    private static Coordkit open(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        return Coordkit.open(CoordkitConfig.fromProperties(properties));
    }

    private static void refused(Map<String, String> settings, String named) {
        assertThatThrownBy(() -> open(settings).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(named)
                .hasMessageNotContaining("hush");
    }

    @Test
    void itIsThereThroughTheFacade() throws Exception {
        String log = memory();
        String orders = memory();
        Map<String, String> settings = Map.of(
                "coordkit.two-phase.log",
                log,
                "coordkit.two-phase.scan-every",
                "PT0.5S",
                DATABASE + "jdbc-url",
                orders,
                DATABASE + "max-connections",
                "2",
                DATABASE + "answer-timeout",
                "PT30S",
                "coordkit.two-phase.one-phase",
                "true");
        try (Coordkit kit = open(settings)) {
            Outcome<String> outcome = kit.twoPhase()
                    .begin("gid")
                    .awaitPhase2(Duration.ofSeconds(20))
                    .run(tx -> {
                        try (Statement statement = tx.connection("orders").createStatement()) {
                            statement.execute("INSERT INTO coordkit_xa_resource VALUES ('x', 'y')");
                        }
                        return "value";
                    });
            assertThat(outcome).isEqualTo(new Outcome.Committed<>("gid", "value"));
            assertThat(kit.twoPhase().outcome("gid")).isPresent();
        }
        try (Connection connection = DriverManager.getConnection(orders);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT committed FROM coordkit_xa_outcome WHERE gid = 'gid'")) {
            assertThat(rows.next()).as("by one-phase").isTrue();
        }
    }

    @Test
    void badSettings_areRefusedByTheirKey() throws Exception {
        String log = "coordkit.two-phase.log";
        refused(Map.of("coordkit.two-phase.name", "first"), "coordkit.two-phase.jdbc-url");
        refused(Map.of(log, memory(), DATABASE + "user", "sa"), DATABASE + "jdbc-url");
        refused(Map.of(log, memory(), DATABASE + "jdbc-url", "jdbc:nobody://u:hush@x?y=hush"), "jdbc:nobody://x");
        refused(Map.of(log, memory(), DATABASE + "jdbc-url", memory(), DATABASE + "typo", "1"), "typo");
        refused(
                Map.of(log, memory(), DATABASE + "jdbc-url", memory(), DATABASE + "max-connections", "0"),
                "maxConnections");
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try {
            String url = "jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:x;WRITE_DELAY=0";
            refused(Map.of(log, memory(), DATABASE + "jdbc-url", url), "H2 server");
        } finally {
            server.stop();
        }
    }
}
