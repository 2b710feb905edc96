package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.ConfigurationException;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.Servers;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On two MariaDB servers, each test with databases of its own. */
class MariaDbTwoPhaseTest extends TwoPhaseContract {
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

    @Override
    boolean refusesWrites() {
        return true;
    }

    @Override
    String sleep(XADataSource database) {
        return "SELECT BENCHMARK(100000000000, MD5('SLEEP() would notice that the client is gone'))";
    }

    private static void refused(String url, String... named) {
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(url);
        assertThatThrownBy(() -> OpenDatabase.open(XaDatabase.of("shop", source), "default"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(named);
    }

    private static void execute(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    @Test
    void anEngineWithoutXa_isSaidAtTheStart() throws SQLException {
        String url = SERVERS.get(0).createDatabase("no_xa");
        execute(url, "CREATE TABLE old (id INT) ENGINE=MyISAM");
        refused(url, "'shop'", "old (MyISAM)", "ENGINE=InnoDB");
        refused(
                SERVERS.get(0).createDatabase("no_xa_to_come") + "&sessionVariables=default_storage_engine=MyISAM",
                "MyISAM",
                "default_storage_engine");
    }

    @Test
    void aMissingPrivilege_isSaidAtTheStart() throws SQLException {
        String url = SERVERS.get(0).createDatabase("poor");
        execute(url, "CREATE USER poor IDENTIFIED BY 'poor'", "GRANT SELECT ON poor.* TO poor");
        String asPoor = url.replaceFirst("user=[^&]*", "user=poor") + "&password=poor";
        refused(asPoor, "'shop'", "CREATE command denied", "GRANT");
        refused(asPoor.replace("password=poor", "password=wrong"), "'shop'", "Access denied");
    }

    @Test
    void aWrongIsolationLevel_isSaidAtTheStart() {
        String url = SERVERS.get(0).createDatabase("dirty");
        refused(url + "&sessionVariables=tx_isolation='READ-UNCOMMITTED'", "READ UNCOMMITTED", "READ COMMITTED");
    }

    @Test
    @Timeout(300)
    void aThousandInDoubt_areEndedWhileNewOnesRun() throws Exception {
        MariaDbServer server = SERVERS.get(1);
        String url = server.createDatabase("thousand");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE item (id VARCHAR(64) PRIMARY KEY)");
        }
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(url);
        XaDatabase thousand = XaDatabase.of("thousand", source).withMaxConnections(100);
        JdbcDataSource logDatabase = new JdbcDataSource();
        logDatabase.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        TxnLog log = SqlTxnLog.using(logDatabase);
        for (int hundred = 0; hundred < 10; hundred++) {
            leavePrepared(thousand, log, hundred * 100);
        }
        long began = System.nanoTime();
        int fresh = 0;
        try (TwoPhase coordinator = TwoPhaseCoordinator.builder()
                .log(log)
                .name("finder")
                .scanEvery(Duration.ofMillis(100))
                .database(thousand)
                .open()) {
            while (!coordinator.unfinished(1).isEmpty() || prepared(server) > 0) {
                int number = fresh++;
                assertThat(coordinator
                                .begin("fresh-" + number)
                                .timeout(Duration.ofMinutes(1))
                                .run(tx -> {
                                    try (Statement statement =
                                            tx.connection("thousand").createStatement()) {
                                        return statement.executeUpdate(
                                                "INSERT INTO item VALUES ('fresh-" + number + "')");
                                    }
                                }))
                        .isInstanceOf(Outcome.Committed.class);
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "1000 branches in doubt were ended within %.1f s, %.0f a second, while %d new transactions committed%n",
                seconds,
                1_000 / seconds,
                fresh);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT COUNT(*) FROM item WHERE id LIKE 'left-%'")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(500);
        }
    }

    /** A hundred, every other one with a commit in the log. */
    private static void leavePrepared(XaDatabase database, TxnLog log, int from) throws Exception {
        Instant deadline = log.now().plusSeconds(3600);
        OpenDatabase dead = OpenDatabase.open(database, "default");
        for (int number = from; number < from + 100; number++) {
            String gid = "left-" + number;
            XaBranch branch = dead.begin(
                    connection -> BranchXid.of(gid, "1", deadline, connection, 1, "default", "dead/1"), false);
            try (Statement statement = branch.lent().createStatement()) {
                statement.execute("INSERT INTO item VALUES ('" + gid + "')");
            }
            branch.end();
            branch.prepare();
            if (number % 2 == 0) {
                TxnBranch known = new TxnBranch(
                        branch.xid().branch(), database.name(), branch.xid().payload());
                log.decide(new TxnProposal(gid, Decision.COMMIT, deadline, "dead/1", List.of(known)));
            }
        }
        dead.close();
    }

    private static int prepared(MariaDbServer server) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(""));
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("XA RECOVER")) {
            int count = 0;
            while (rows.next()) {
                count += rows.getString("data").startsWith("left-") ? 1 : 0;
            }
            return count;
        }
    }
}
