package io.coordkit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class MariaDbServerTest {

    @Test
    void acknowledgedCommit_survivesKill9() throws SQLException {
        try (MariaDbServer server = MariaDbServer.start()) {
            String url = server.createDatabase("orders");
            execute(url, "CREATE TABLE t (n INT PRIMARY KEY) ENGINE=InnoDB");
            execute(url, "INSERT INTO t VALUES (7)");

            server.kill9();
            assertThatThrownBy(() -> DriverManager.getConnection(url)).isInstanceOf(SQLException.class);
            server.restart();

            assertThat(number(url, "SELECT n FROM t")).isEqualTo(7);
        }
    }

    @Test
    void twoServers_shareNothing() throws SQLException {
        try (MariaDbServer one = MariaDbServer.start();
                MariaDbServer other = MariaDbServer.start()) {
            execute(one.createDatabase("orders"), "CREATE TABLE t (n INT PRIMARY KEY)");

            assertThat(number(
                            other.createDatabase("orders"),
                            "SELECT COUNT(*) FROM information_schema.tables" + " WHERE table_schema = 'orders'"))
                    .isZero();
        }
    }

    @Test
    void closedServer_isGoneAndStaysGone() {
        MariaDbServer server = MariaDbServer.start();
        String url = server.jdbcUrl("mysql");
        server.close();
        server.close();

        assertThatThrownBy(() -> DriverManager.getConnection(url)).isInstanceOf(SQLException.class);
        assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void missingProgram_isNamedWithItsPackage() {
        assertThatThrownBy(() -> Programs.find("no-such-program", "mariadb-server"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-program")
                .hasMessageContaining("apt-get install mariadb-server");
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int number(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }
}
