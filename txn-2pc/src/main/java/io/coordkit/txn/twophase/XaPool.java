package io.coordkit.txn.twophase;

import io.coordkit.txn.TxnException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.XAConnection;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

/** The connections of one coordinator to one database. Thread-safe. */
final class XaPool {
    private static final int VALIDATION_SECONDS = 2;

    private final XaDatabase database;
    private final Factory factory;
    private final GenericObjectPool<PooledXa> pool;

    XaPool(XaDatabase database, Supplier<XaServer> server) {
        this.database = database;
        GenericObjectPoolConfig<PooledXa> config = new GenericObjectPoolConfig<>();
        config.setMaxTotal(database.maxConnections());
        config.setMaxIdle(database.maxConnections());
        config.setMaxWait(database.patience());
        config.setTestOnBorrow(true);
        config.setJmxEnabled(false);
        factory = new Factory(database, server);
        pool = new GenericObjectPool<>(factory, config);
    }

    private static final class Factory extends BasePooledObjectFactory<PooledXa> {
        private final XaDatabase database;
        private final Supplier<XaServer> server;

        Factory(XaDatabase database, Supplier<XaServer> server) {
            this.database = database;
            this.server = server;
        }

        @Override
        public PooledXa create() throws SQLException {
            XaServer known = server.get();
            XAConnection physical = database.source().getXAConnection();
            try {
                Connection session = physical.getConnection();
                String token = UUID.randomUUID().toString();
                return new PooledXa(
                        known, physical, physical.getXAResource(), session, known.adopt(session, token), token);
            } catch (SQLException | RuntimeException e) {
                physical.close();
                throw e;
            }
        }

        @Override
        public PooledObject<PooledXa> wrap(PooledXa connection) {
            return new DefaultPooledObject<>(connection);
        }

        @Override
        public boolean validateObject(PooledObject<PooledXa> pooled) {
            try {
                return pooled.getObject().session().isValid(VALIDATION_SECONDS);
            } catch (SQLException e) {
                return false;
            }
        }

        @Override
        public void destroyObject(PooledObject<PooledXa> pooled) {
            pooled.getObject().close();
        }
    }

    /** @throws TxnException if none is free in time, or none can be opened */
    PooledXa borrow() {
        try {
            return pool.borrowObject();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TxnException("Interrupted while waiting for a connection to '" + database.name() + "'", e);
        } catch (NoSuchElementException e) {
            throw new TxnException(
                    "No connection to '" + database.name() + "' was free within " + database.patience() + ": all "
                            + database.maxConnections() + " are in use",
                    e);
        } catch (TxnException e) {
            throw e;
        } catch (Exception e) {
            throw new TxnException("Database '" + database.name() + "' gave no connection: " + e.getMessage(), e);
        }
    }

    void giveBack(PooledXa connection) {
        pool.returnObject(connection);
    }

    /** One beside the pool, which need not wait for transactions; the caller closes it. */
    PooledXa fresh() throws SQLException {
        return factory.create();
    }

    /** It is of no use any more. */
    void discard(PooledXa connection) {
        try {
            pool.invalidateObject(connection);
        } catch (Exception e) {
            connection.close();
        }
    }

    /** Closes those that are idle; those in use when they are given back. */
    void close() {
        pool.close();
    }
}
