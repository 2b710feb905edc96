package io.coordkit.txn.core;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.testkit.server.SqlServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;

/** Work along with a decision, on a server that a subclass starts. */
@SuppressWarnings("NullAway.Init") // startOn, before all tests
abstract class SqlServerLocalWork extends LocalWorkContract {
    private static SqlServer server;
    private static MysqlDataSource dataSource;

    static void startOn(SqlServer started) {
        server = started;
        dataSource = new MysqlDataSource();
        dataSource.setUrl(server.createDatabase("work"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    DataSource database() {
        return dataSource;
    }

    @Override
    void kill(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet id = statement.executeQuery("SELECT CONNECTION_ID()")) {
            id.next();
            long victim = id.getLong(1);
            Jdbi.create(dataSource).useHandle(handle -> handle.execute("KILL CONNECTION " + victim));
        }
    }
}
