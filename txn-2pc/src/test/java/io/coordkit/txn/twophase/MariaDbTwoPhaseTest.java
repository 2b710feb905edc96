package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.ConfigurationException;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.Servers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.XADataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** On two MariaDB servers, each test with databases of its own. */
class MariaDbTwoPhaseTest extends TwoPhaseCases {
    private static final List<MariaDbServer> SERVERS = List.of(Servers.shared().mariaDb(), MariaDbServer.start());

    private static int databases;

    @AfterAll
    static void stop() {
        SERVERS.get(1).close();
    }

    @Override
    XADataSource database() {
        int number = databases++;
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(SERVERS.get(number % SERVERS.size()).createDatabase("two_phase_" + number));
        return source;
    }

    private static void refused(String url, String... named) {
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(url);
        assertThatThrownBy(() -> OpenDatabase.open(XaDatabase.of("shop", source), "default", "first/1"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(named);
    }

    @Test
    void anEngineWithoutXa_isSaidAtTheStart() throws SQLException {
        String url = SERVERS.get(0).createDatabase("no_xa");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE old (id INT) ENGINE=MyISAM");
        }
        refused(url, "'shop'", "old (MyISAM)", "ENGINE=InnoDB");
        refused(
                SERVERS.get(0).createDatabase("no_xa_to_come") + "&sessionVariables=default_storage_engine=MyISAM",
                "MyISAM",
                "default_storage_engine");
    }

    @Test
    void aWrongIsolationLevel_isSaidAtTheStart() {
        String url = SERVERS.get(0).createDatabase("dirty");
        refused(url + "&sessionVariables=tx_isolation='READ-UNCOMMITTED'", "READ UNCOMMITTED", "READ COMMITTED");
    }
}
