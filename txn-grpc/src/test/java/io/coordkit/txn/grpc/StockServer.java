package io.coordkit.txn.grpc;

import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Jdbi;

/** A real gRPC server on loopback that serves a stock in an H2 database as the participant "stock". */
final class StockServer implements AutoCloseable {
    final Stock stock;
    final BranchEndpoint guarded;

    private final JdbcConnectionPool pool = database();
    private final int port;
    private Server server;

    StockServer(int initial) {
        stock = new Stock(Jdbi.create(pool), initial);
        guarded = GuardedParticipant.on(pool, stock, Stock::read)
                .name("stock")
                .asksNobody()
                .open();
        server = start(0);
        port = server.getPort();
    }

    static JdbcConnectionPool database() {
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
        pool.setMaxConnections(32);
        return pool;
    }

    /** Ends the database too, which a closed pool alone would leave in memory. */
    static void drop(JdbcConnectionPool pool) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        pool.dispose();
    }

    private Server start(int port) {
        try {
            ServerBuilder<?> builder = Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create());
            return builder.addService(GrpcParticipants.service(Map.of("stock", guarded), Access.open()))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** Stops answering, as if the process had died; the database stays. */
    void stop() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(20, TimeUnit.SECONDS);
    }

    /** Comes back on the same port. */
    void restart() {
        server = start(port);
    }

    @Override
    public void close() {
        server.shutdownNow();
        guarded.close();
        drop(pool);
    }
}
