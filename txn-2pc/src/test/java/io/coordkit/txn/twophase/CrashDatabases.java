package io.coordkit.txn.twophase;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.testkit.server.SqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.XADataSource;

/** Three databases on two servers, for transactions that write their gid to each. Thread-safe. */
final class CrashDatabases implements AutoCloseable {
    static final int COUNT = 3;

    private final List<SqlServer> servers;
    private final List<String> urls = new ArrayList<>();

    /** Ends the servers with itself. */
    CrashDatabases(SqlServer first, SqlServer second) throws SQLException {
        servers = List.of(first, second);
        for (int i = 0; i < COUNT; i++) {
            urls.add(server(i).createDatabase("db" + i));
            try (Connection connection = connect(i);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE item (id VARCHAR(64) PRIMARY KEY)");
            }
        }
    }

    SqlServer server(int number) {
        return servers.get(number % servers.size());
    }

    private Connection connect(int number) throws SQLException {
        return DriverManager.getConnection(urls.get(number));
    }

    XADataSource source(int number) {
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(urls.get(number) + "&socketTimeout=10000&sessionVariables=innodb_lock_wait_timeout=3");
        return source;
    }

    static XaDatabase database(int number, XADataSource source) {
        return XaDatabase.of("db" + number, source).withMaxConnections(4);
    }

    /** How many branches of that transaction are prepared; -1 if a server does not answer. */
    int prepared(String gid) {
        int count = 0;
        for (int i = 0; i < servers.size(); i++) {
            try (Connection connection = connect(i);
                    Statement statement = connection.createStatement();
                    var rows = statement.executeQuery("XA RECOVER")) {
                while (rows.next()) {
                    count += rows.getString("data").startsWith(gid) ? 1 : 0;
                }
            } catch (SQLException e) {
                return -1;
            }
        }
        return count;
    }

    /** In how many of so many databases it is written; fails if anybody has locked that. */
    int written(String gid, int databases) throws SQLException {
        int count = 0;
        for (int i = 0; i < databases; i++) {
            try (Connection connection = connect(i);
                    Statement statement = connection.createStatement();
                    var rows =
                            statement.executeQuery("SELECT id FROM item WHERE id = '" + gid + "' FOR UPDATE NOWAIT")) {
                count += rows.next() ? 1 : 0;
            }
        }
        return count;
    }

    @Override
    public void close() {
        servers.forEach(SqlServer::close);
    }
}
