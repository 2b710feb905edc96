package io.coordkit.samples.order;

import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.OrderState;
import io.coordkit.samples.service.Tables;
import io.coordkit.sql.SqlErrors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The orders' tables. Thread-safe. */
final class OrderStore {
    private static final int MAX_REASON = 1_000;

    private final Jdbi jdbi;

    private OrderStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The orders in that database; its tables are created if they are not there. */
    static OrderStore in(DataSource database) {
        Tables.ensure(database, OrderStore.class, "orders", "order_lines");
        return new OrderStore(Jdbi.create(database));
    }

    Optional<OrderRow> find(String orderNo) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM orders WHERE order_no = ?")
                .bind(0, orderNo)
                .map((row, context) -> row(row))
                .findOne());
    }

    /** The order numbers that are recorded and not tried, oldest id first. */
    List<String> pending() {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT order_no FROM orders WHERE state = 'PENDING' ORDER BY order_id")
                        .mapTo(String.class)
                        .list());
    }

    /** Whether any order has no outcome yet. */
    boolean hasOpen() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT EXISTS (SELECT 1 FROM orders WHERE state IN ('PENDING', 'PLACING'))")
                .mapTo(boolean.class)
                .one());
    }

    List<Line> lines(String orderNo) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT sku, quantity FROM order_lines WHERE order_no = ? ORDER BY sku")
                        .bind(0, orderNo)
                        .map((row, context) -> Line.newBuilder()
                                .setSku(row.getString("sku"))
                                .setQuantity(row.getLong("quantity"))
                                .build())
                        .list());
    }

    /**
     * Records the order as PENDING. Its unique number is what makes placing it idempotent.
     *
     * @return false if that number is taken; nothing was recorded then
     */
    boolean claim(NewOrder order, long orderId) {
        try {
            jdbi.useTransaction(handle -> {
                handle.execute(
                        "INSERT INTO orders (order_no, order_id, gid, customer, state, reason, amount_cents)"
                                + " VALUES (?, ?, ?, ?, 'PENDING', '', ?)",
                        order.orderNo(),
                        orderId,
                        OrderRow.gid(order.orderNo()),
                        order.customer(),
                        order.amountCents());
                PreparedBatch lines =
                        handle.prepareBatch("INSERT INTO order_lines (order_no, sku, quantity) VALUES (?, ?, ?)");
                for (Line line : order.lines()) {
                    lines.add(order.orderNo(), line.getSku(), line.getQuantity());
                }
                lines.execute();
            });
            return true;
        } catch (JdbiException e) {
            if (SqlErrors.isDuplicateKey(e) && find(order.orderNo()).isPresent()) {
                return false;
            }
            throw e;
        }
    }

    /** Cancels an order whose try never came through, so that no cancel of its branch will do it. */
    void cancelIfPending(String orderNo, String reason) {
        jdbi.useHandle(handle -> handle.execute(
                "UPDATE orders SET state = 'CANCELLED', reason = ? WHERE order_no = ? AND state = 'PENDING'",
                shortened(reason),
                orderNo));
    }

    static String shortened(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
    }

    static OrderState state(ResultSet row) throws SQLException {
        String state = row.getString("state");
        return switch (state) {
            case "PENDING" -> OrderState.PENDING;
            case "PLACING" -> OrderState.PLACING;
            case "CONFIRMED" -> OrderState.ORDER_CONFIRMED;
            case "CANCELLED" -> OrderState.ORDER_CANCELLED;
            default -> throw new SQLException("Unknown state '" + state + "' of an order");
        };
    }

    private static OrderRow row(ResultSet row) throws SQLException {
        return new OrderRow(
                row.getString("order_no"),
                row.getLong("order_id"),
                state(row),
                row.getString("reason"),
                row.getLong("amount_cents"));
    }

    Jdbi jdbi() {
        return jdbi;
    }
}
