package io.coordkit.samples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.samples.proto.Line;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.grpc.Access;
import io.coordkit.txn.spi.BranchEndpoint;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.MutableHandlerRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** The examples of docs/transactions.md are those compiled here, and they do what they say. */
class TransactionsExampleTest {
    private static final Access ACCESS = Access.secret("a secret of the test".replace(' ', '-'));

    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
    private final JdbcDataSource inventoryDb = database("inventory");
    private final JdbcDataSource ordersDb = database("orders");

    private static JdbcDataSource database(String name) {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:" + name + "-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        return database;
    }

    @Test
    void theExamplesShownAreThoseCompiledHere() throws Exception {
        List<String> shown = ShownCode.in(Path.of("../docs/transactions.md"));
        List<String> marks = List.of("participant", "service", "coordinator", "answers", "outcomes", "work", "admin");
        assertThat(shown).hasSameSizeAs(marks);
        for (int i = 0; i < marks.size(); i++) {
            ShownCode.requireCompiled(shown.get(i), "TransactionsExample.java", marks.get(i));
        }
    }

    @Test
    void theExamplesRun() throws Exception {
        MutableHandlerRegistry services = new MutableHandlerRegistry();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .fallbackHandlerRegistry(services)
                .build()
                .start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        try (Handle stock = Jdbi.open(inventoryDb);
                Handle orders = Jdbi.open(ordersDb)) {
            stock.execute("CREATE TABLE stock (sku VARCHAR(20) PRIMARY KEY, available INT, reserved INT)");
            stock.execute("INSERT INTO stock VALUES ('4711', 5, 0)");
            orders.execute("CREATE TABLE orders (name VARCHAR(20) PRIMARY KEY)");
            try (BranchEndpoint inventory = TransactionsExample.participant(inventoryDb, channel, ACCESS);
                    Tcc tcc = TransactionsExample.coordinator(ordersDb, channel, ACCESS)) {
                services.addService(TransactionsExample.service(inventory, ACCESS));
                services.addService(TransactionsExample.answers(tcc, ACCESS));
                shop(tcc, stock, orders);
            }
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    private void shop(Tcc tcc, Handle stock, Handle orders) throws InterruptedException {
        TransactionsExample.outcomes(tcc, line(2), done::add);
        assertThat(done.poll()).isEqualTo("order 1 is sold");
        assertThat(stock.select("SELECT reserved FROM stock")
                        .mapTo(Integer.class)
                        .one())
                .as("it waited for the confirm")
                .isZero();
        assertThat(TransactionsExample.work(tcc, line(3))).isInstanceOf(Outcome.Committed.class);
        assertThat(names(orders)).containsExactly("order 2");
        Outcome<String> refused = tcc.begin("order-4").run(tx -> tx.enlist("inventory", line(1).toByteArray()));
        assertThat(reason(refused)).contains("Not enough of 4711");
        TransactionsExample.admin(tcc, done::add);
        assertThat(tcc.outcome("order-3").orElseThrow().state()).isEqualTo(TxnState.ABORTED);
    }

    private static String reason(Outcome<?> outcome) {
        return outcome instanceof Outcome.Aborted<?> aborted ? aborted.reason() : "was " + outcome;
    }

    private static List<String> names(Handle orders) {
        return orders.select("SELECT name FROM orders").mapTo(String.class).list();
    }

    private static Line line(int quantity) {
        return Line.newBuilder().setSku("4711").setQuantity(quantity).build();
    }
}
