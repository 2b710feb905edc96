package io.coordkit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A container is hurt as a process is. Chosen by the property only, as {@code make conformance} does. */
@Tag("conformance")
class ContainersTest {
    @Test
    void aContainerKeepsItsDataThroughAKill_untilItIsToldOtherwise() {
        try (RedisServer redis = RedisServer.startDurable()) {
            assertThat(redis.origin()).startsWith("the image redis:");
            assertThat(redis.version()).isEqualTo(redis.info("redis_version"));
            redis.command("SET", "a", "1");
            redis.kill9();
            assertThatThrownBy(() -> redis.command("PING")).isInstanceOf(IllegalStateException.class);
            redis.restart();
            assertThat(redis.command("GET", "a")).isEqualTo("1");
            redis.restartEmpty();
            assertThat(redis.command("GET", "a")).isEmpty();
        }
    }

    @Test
    void aPausedContainerAnswersNothingUntilItGoesOn() {
        try (ZooKeeperServer zooKeeper = ZooKeeperServer.start()) {
            zooKeeper.pause();
            assertThat(zooKeeper.command("srvr")).isEmpty();
            zooKeeper.resume();
            Await.until(zooKeeper::isReady, Duration.ofSeconds(20), zooKeeper + " to answer again");
            zooKeeper.pause();
            zooKeeper.kill9();
            zooKeeper.restart();
        }
    }

    @Test
    void aContainerOffItsNetworkAnswersNothing_andGoesOnWithItsConnectionsWhenItIsBack() throws Exception {
        try (MySqlServer server = MySqlServer.startOnOwnNetwork();
                Connection connection = DriverManager.getConnection(server.jdbcUrl(""))) {
            server.disconnect();
            assertThat(server.isReady()).isFalse();
            server.reconnect();
            Await.until(server::isReady, Duration.ofSeconds(20), server + " to answer again");
            assertThat(connection.isValid(5)).isTrue();
            server.disconnect();
            server.restart();
            assertThat(server.isReady()).isTrue();
        }
    }

    @Test
    void withoutANetworkOfItsOwnAServerCannotBeTakenOffIt() {
        try (RedisServer redis = RedisServer.start()) {
            assertThatThrownBy(redis::disconnect)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("no network of its own");
        }
    }

    @Test
    void aContainerTellsTheVersionOfItsServer() {
        try (EtcdServer etcd = EtcdServer.start()) {
            assertThat(etcd.version()).startsWith("3.");
            assertThat(etcd.origin()).startsWith("the image ");
        }
    }

    @Test
    void aContainerThatDoesNotStartSaysWhatItPrinted() {
        assertThatThrownBy(() -> RedisServer.start("--no-such-option", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-option");
    }

    @Test
    void aCommitToMySqlSurvivesKill9() throws SQLException {
        try (MySqlServer server = MySqlServer.start()) {
            String url = server.createDatabase("orders");
            execute(url, "CREATE TABLE t (n INT PRIMARY KEY)");
            server.kill9();
            assertThatThrownBy(() -> execute(url, "DROP TABLE t")).isInstanceOf(SQLException.class);
            server.restart();
            execute(url, "DROP TABLE t");
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
