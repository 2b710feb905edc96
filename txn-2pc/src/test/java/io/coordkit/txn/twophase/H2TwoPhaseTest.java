package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.server.Servers;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** On H2 in memory. */
class H2TwoPhaseTest extends TwoPhaseContract {
    @Override
    XADataSource database() {
        return inMemory();
    }

    @Override
    boolean refusesWrites() {
        return false;
    }

    @Override
    String sleep(XADataSource database) throws SQLException {
        return sleepOn(database);
    }

    static String sleepOn(XADataSource database) throws SQLException {
        XAConnection physical = database.getXAConnection();
        try (Connection connection = physical.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ALIAS sleep FOR 'java.lang.Thread.sleep(long)'");
        } finally {
            physical.close();
        }
        return "CALL sleep(3000)";
    }

    static XADataSource inMemory() {
        JdbcDataSource source = new JdbcDataSource();
        // No counter: MistakesTest loads this class again and again.
        String name = "two_phase_" + UUID.randomUUID().toString().replace('-', '_');
        source.setURL(Servers.shared().h2().createDatabase(name) + ";LOCK_TIMEOUT=5000");
        return source;
    }

    @Test
    void aCommitWithoutAnAnswer_isNotUndoneByClosingItsConnection() throws Exception {
        for (boolean after : new boolean[] {false, true}) {
            XADataSource database = inMemory();
            FragileProcess process = new FragileProcess(new Point("XAResource.commit", after, Victim.MESSAGE), 1);
            JdbcDataSource logDatabase = new JdbcDataSource();
            logDatabase.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
            try (TwoPhase coordinator = TwoPhaseCoordinator.builder()
                    .log(SqlTxnLog.using(logDatabase))
                    .database(XaDatabase.of("shop", process.around(database, () -> {})))
                    .open()) {
                assertThat(coordinator
                                .begin("gid")
                                .awaitPhase2(Duration.ofSeconds(20))
                                .run(tx -> {
                                    try (Statement statement =
                                            tx.connection("shop").createStatement()) {
                                        return statement.executeUpdate(
                                                "INSERT INTO coordkit_xa_resource VALUES ('written', 'x')");
                                    }
                                }))
                        .isInstanceOf(Outcome.Committed.class);
            }
            assertThat(process.hasFired()).isTrue();
            XAConnection physical = database.getXAConnection();
            try (Statement statement = physical.getConnection().createStatement();
                    var rows = statement.executeQuery("SELECT 1 FROM coordkit_xa_resource WHERE home = 'written'")) {
                assertThat(rows.next())
                        .as("the commit, lost %s", after ? "after" : "before")
                        .isTrue();
            } finally {
                physical.close();
            }
        }
    }
}
