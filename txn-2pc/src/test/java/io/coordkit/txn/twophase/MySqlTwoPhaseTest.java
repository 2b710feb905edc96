package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.ConfigurationException;
import io.coordkit.testkit.server.MySqlServer;
import io.coordkit.testkit.server.Servers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On two MySQL 9 servers, each test with databases of its own. */
@Tag("conformance")
class MySqlTwoPhaseTest extends TwoPhaseContract {
    private static final List<MySqlServer> SERVERS = List.of(Servers.shared().mySql(), MySqlServer.start());

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

    @Override
    boolean refusesWrites() {
        return true;
    }

    @Override
    String sleep(XADataSource database) {
        return "SELECT BENCHMARK(100000000000, MD5('SLEEP() would notice that the client is gone'))";
    }

    @Test
    void whatIsPrepared_isDetached_soThatAnotherEndsItAndItsConnectionGoesOn() throws Exception {
        XADataSource source = database();
        XAConnection first = source.getXAConnection();
        XAConnection second = source.getXAConnection();
        try (Connection connection = first.getConnection()) {
            execute(connection, "CREATE TABLE item (id INT PRIMARY KEY)");
            BranchXid one = prepare(first.getXAResource(), connection, 1);
            BranchXid two = prepare(first.getXAResource(), connection, 2);
            second.getXAResource().commit(one, false);
            second.getXAResource().rollback(two);
            try (Statement statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT GROUP_CONCAT(id) FROM item")) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("1");
            }
        } finally {
            first.close();
            second.close();
        }
    }

    @Test
    void anAccountThatMayNotSeeWhatIsPrepared_isRefusedAtTheStart_untilItMay() throws SQLException {
        String url = SERVERS.get(0).createDatabase("blind");
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(url.replaceFirst("user=[^&]*", "user=blind").replaceFirst("password=[^&]*", "password=blind")
                + "&allowPublicKeyRetrieval=true");
        XaDatabase shop = XaDatabase.of("shop", source);
        try (Connection root = DriverManager.getConnection(url)) {
            execute(root, "CREATE USER IF NOT EXISTS blind IDENTIFIED BY 'blind'");
            execute(root, "GRANT ALL ON blind.* TO blind");
            assertThatThrownBy(() -> OpenDatabase.open(shop, "default"))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll("'shop'", "GRANT XA_RECOVER_ADMIN ON *.*");
            execute(root, "GRANT XA_RECOVER_ADMIN ON *.* TO blind");
            OpenDatabase.open(shop, "default").close();
        }
    }

    private static BranchXid prepare(XAResource xa, Connection connection, int id) throws Exception {
        BranchXid xid = BranchXid.of("detached-" + id, "1", Instant.now(), 0, 1, "default", "nobody/1")
                .ownedBy("-");
        xa.start(xid, XAResource.TMNOFLAGS);
        execute(connection, "INSERT INTO item VALUES (" + id + ")");
        xa.end(xid, XAResource.TMSUCCESS);
        assertThat(xa.prepare(xid)).isEqualTo(XAResource.XA_OK);
        return xid;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
