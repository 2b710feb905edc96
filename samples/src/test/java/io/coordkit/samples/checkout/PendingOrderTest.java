package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.samples.service.H2Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An order that was recorded by a process which ended before it could begin the transaction. */
class PendingOrderTest {
    @TempDir
    private Path directory = Path.of("unset");

    @Test
    void pendingOrderWithoutATransaction_isPlacedAtTheNextStart() throws Exception {
        try (DataDirectory data = DataDirectory.kept(directory.resolve("data"));
                RedisProcess redis = RedisProcess.in(data);
                Launched inventory = Launched.inventory(directory, redis)) {
            try (Launched order = Launched.order(directory, redis, inventory.port())) {
                order.port();
                order.stop();
            }
            leavePending();

            try (Launched order = Launched.order(directory, redis, inventory.port())) {
                Path others = Orders.file(directory, "P", 5);
                try (Launched client = Launched.start(
                        CheckoutMain.class,
                        directory,
                        "--order",
                        "127.0.0.1:" + order.port(),
                        "--orders",
                        others.toString())) {
                    assertThat(client.assertBalanced())
                            .last()
                            .asString()
                            .contains("6 orders = 6 confirmed + 0 cancelled");
                }
                assertThat(order.out()).anyMatch(line -> line.endsWith("gid=order:LEFT-1 taken up: ORDER_CONFIRMED"));
            }
        }
    }

    private void leavePending() throws Exception {
        try (HikariDataSource database = new H2Database(directory.resolve("order")).open();
                Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO id_journal (tag, id, issued_at) VALUES ('order', 17, LOCALTIMESTAMP)");
            statement.execute("INSERT INTO orders (order_no, order_id, gid, customer, state, reason, amount_cents)"
                    + " SELECT 'LEFT-1', 17, 'order:LEFT-1', 'ann', 'PENDING', '', 549");
            statement.execute("INSERT INTO order_lines (order_no, sku, quantity) VALUES ('LEFT-1', 'SKU-010', 1)");
        }
    }
}
