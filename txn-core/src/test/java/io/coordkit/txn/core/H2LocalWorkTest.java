package io.coordkit.txn.core;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcDataSource;

class H2LocalWorkTest extends LocalWorkContract {
    private final JdbcDataSource dataSource = new JdbcDataSource();

    H2LocalWorkTest() {
        dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0;LOCK_TIMEOUT=200");
    }

    @Override
    DataSource database() {
        return dataSource;
    }

    @Override
    void kill(Connection connection) throws SQLException {
        connection.unwrap(JdbcConnection.class).getSession().close();
    }
}
