package io.coordkit.samples.order;

import io.coordkit.samples.proto.InventoryAuditRequest;
import io.coordkit.samples.proto.InventoryGrpc;
import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.OrderAudit;
import io.coordkit.samples.proto.OrderRecord;
import io.coordkit.samples.service.IdJournal;
import io.coordkit.txn.TxnService;
import io.coordkit.txn.TxnStatus;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Waits until nothing is unfinished, then says what both databases hold. Thread-safe. */
final class OrderAuditor {
    private static final int ROWS_PER_PART = 1_000;
    private static final int UNFINISHED_NAMED = 100;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration INVENTORY_PAUSE = Duration.ofMillis(200);
    private static final Duration INVENTORY_PATIENCE = Duration.ofSeconds(60);

    private final OrderStore store;
    private final TxnService transactions;
    private final InventoryGrpc.InventoryBlockingStub inventory;
    private final LongSupplier nanos;

    OrderAuditor(OrderStore store, TxnService transactions, Channel inventory, LongSupplier nanos) {
        this.store = store;
        this.transactions = transactions;
        this.inventory = InventoryGrpc.newBlockingStub(inventory).withWaitForReady();
        this.nanos = nanos;
    }

    /**
     * Returns when no transaction is unfinished, no order open, and nothing reserved at the inventory, or when
     * {@code patience} is over.
     */
    void drain(Duration patience) throws InterruptedException {
        long began = nanos.getAsLong();
        while (nanos.getAsLong() - began < patience.toNanos()
                && (!transactions.unfinished(1).isEmpty() || store.hasOpen())) {
            Thread.sleep(PAUSE.toMillis());
        }
        while (nanos.getAsLong() - began < patience.toNanos() && inventoryHasReservations()) {
            Thread.sleep(INVENTORY_PAUSE.toMillis());
        }
    }

    private boolean inventoryHasReservations() {
        boolean[] reserved = new boolean[1];
        try {
            inventory
                    .withDeadlineAfter(INVENTORY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .audit(InventoryAuditRequest.getDefaultInstance())
                    .forEachRemaining(part -> reserved[0] |=
                            part.getProductsList().stream().anyMatch(product -> product.getReserved() > 0));
            return reserved[0];
        } catch (StatusRuntimeException e) {
            return true;
        }
    }

    /** Passes on all parts. */
    void read(Consumer<OrderAudit> parts) {
        parts.accept(OrderAudit.newBuilder()
                .addAllUnfinishedGids(transactions.unfinished(UNFINISHED_NAMED).stream()
                        .map(TxnStatus::gid)
                        .toList())
                .build());
        store.jdbi().useTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            parts.accept(OrderAudit.newBuilder()
                    .addIds(IdJournal.audit(handle, OrderDesk.ID_TAG, "orders", "order_id"))
                    .build());
            orders(handle, parts);
        });
        inventory
                .withDeadlineAfter(INVENTORY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .audit(InventoryAuditRequest.getDefaultInstance())
                .forEachRemaining(part ->
                        parts.accept(OrderAudit.newBuilder().setInventory(part).build()));
    }

    private static void orders(Handle handle, Consumer<OrderAudit> parts) {
        Map<String, List<Line>> lines = handle.createQuery(
                        "SELECT order_no, sku, quantity FROM order_lines ORDER BY order_no, sku")
                .map((row, context) -> Map.entry(
                        row.getString("order_no"),
                        Line.newBuilder()
                                .setSku(row.getString("sku"))
                                .setQuantity(row.getLong("quantity"))
                                .build()))
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        List<OrderRecord> orders = handle.createQuery("SELECT * FROM orders ORDER BY order_no")
                .map((row, context) -> order(row, lines))
                .list();
        for (int from = 0; from < orders.size(); from += ROWS_PER_PART) {
            parts.accept(OrderAudit.newBuilder()
                    .addAllOrders(orders.subList(from, Math.min(orders.size(), from + ROWS_PER_PART)))
                    .build());
        }
    }

    private static OrderRecord order(ResultSet row, Map<String, List<Line>> lines) throws SQLException {
        String orderNo = row.getString("order_no");
        return OrderRecord.newBuilder()
                .setOrderNo(orderNo)
                .setOrderId(row.getLong("order_id"))
                .setGid(row.getString("gid"))
                .setState(OrderStore.state(row))
                .setReason(row.getString("reason"))
                .setAmountCents(row.getLong("amount_cents"))
                .addAllLines(lines.getOrDefault(orderNo, List.of()))
                .build();
    }
}
