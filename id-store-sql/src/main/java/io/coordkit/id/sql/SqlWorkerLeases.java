package io.coordkit.id.sql;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.sql.H2Durability;
import io.coordkit.sql.JdbcUrl;
import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Worker numbers from the table {@code coordkit_worker_lease} of a MySQL, MariaDB or H2 database, which is created if it
 * does not exist; or apply {@code io/coordkit/id/sql/coordkit_worker_lease-mysql.sql} or {@code -h2.sql} by hand.
 *
 * <p><b>Promised:</b> everything a source can promise, as long as the database keeps what it has committed: a number has
 * one owner at a time; a zombie and a restarted generator repeat no id; all times are the database's. Rows that were
 * deleted do no harm.
 *
 * <p><b>Not promised:</b> anything after an old backup was restored while generators ran, or when the database answers
 * from a replica.
 *
 * <p><b>How.</b> Each step is one statement that commits by itself: a {@code SELECT} with the database's clock, then an
 * {@code UPDATE} that compares the whole row, and the clock. So connections must be in auto-commit mode, outside of any
 * surrounding transaction. How long a dead connection is waited for is up to the data source's timeouts: set them well
 * below the window.
 *
 * <p>The sources returned are thread-safe and close nothing they were given.
 */
public final class SqlWorkerLeases {
    static final String TABLE = "coordkit_worker_lease";

    private SqlWorkerLeases() {}

    /**
     * Numbers from that database, which is asked at once.
     *
     * @throws ConfigurationException if the database could lose acknowledged commits (H2 without
     *     {@code WRITE_DELAY=0}), hands out connections without auto-commit, or the table cannot be created
     * @throws BackendUnreachableException if it does not answer
     */
    public static WorkerLeaseSource using(DataSource dataSource) {
        return open(Jdbi.create(dataSource), "of the worker leases");
    }

    /**
     * Numbers with a connection of their own for each step, from {@link java.sql.DriverManager}; throws as
     * {@link #using}.
     *
     * @param properties what the driver wants beside the URL, most often {@code user} and {@code password}
     */
    public static WorkerLeaseSource connect(String jdbcUrl, Properties properties) {
        return open(Jdbi.create(jdbcUrl, properties), JdbcUrl.place(jdbcUrl));
    }

    private static WorkerLeaseSource open(Jdbi jdbi, String place) {
        try {
            SqlDialect dialect = jdbi.withHandle(handle -> {
                Connection connection = handle.getConnection();
                H2Durability.require(connection);
                if (!connection.getAutoCommit()) {
                    throw new ConfigurationException(WorkerTable.NO_AUTO_COMMIT);
                }
                SqlSchema.ensure(connection, TABLE, SqlWorkerLeases.class);
                return SqlDialect.of(connection);
            });
            return WorkerLeases.on(new WorkerTable(jdbi, dialect));
        } catch (ConnectionException e) {
            throw new BackendUnreachableException(
                    "The database " + place + " could not be connected to: " + SqlReason.of(e), e);
        } catch (JdbiException | SQLException e) {
            throw new ConfigurationException("Table " + TABLE + " could not be created or read: " + SqlReason.of(e), e);
        }
    }
}
