package io.coordkit.samples.inventory;

import io.coordkit.samples.proto.InventoryAudit;
import io.coordkit.samples.proto.ProductAudit;
import io.coordkit.samples.proto.ReservationAudit;
import io.coordkit.samples.proto.ReservationState;
import io.coordkit.samples.service.IdJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** What the inventory's database says, in one snapshot. Nothing here is counted by the program. Thread-safe. */
final class StockAudit {
    private static final int ROWS_PER_PART = 1_000;

    private final Jdbi jdbi;

    StockAudit(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Passes on all parts. */
    void read(Consumer<InventoryAudit> parts) {
        jdbi.useTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            parts.accept(InventoryAudit.newBuilder()
                    .addAllProducts(products(handle))
                    .addIds(IdJournal.audit(handle, ReservingTry.ID_TAG, "reservations", "reservation_id"))
                    .build());
            reservations(handle, parts);
        });
    }

    private static List<ProductAudit> products(Handle handle) {
        return handle.createQuery("""
                        SELECT p.*,
                          COALESCE((SELECT SUM(quantity) FROM reservations r
                            WHERE r.sku = p.sku AND r.state = 'RESERVED'), 0) AS reserved_rows,
                          COALESCE((SELECT SUM(quantity) FROM reservations r
                            WHERE r.sku = p.sku AND r.state = 'SOLD'), 0) AS sold_rows
                        FROM products p ORDER BY p.sku
                        """)
                .map((row, context) -> ProductAudit.newBuilder()
                        .setSku(row.getString("sku"))
                        .setPriceCents(row.getLong("price_cents"))
                        .setInitial(row.getLong("initial"))
                        .setAvailable(row.getLong("available"))
                        .setReserved(row.getLong("reserved"))
                        .setSold(row.getLong("sold"))
                        .setReservedRows(row.getLong("reserved_rows"))
                        .setSoldRows(row.getLong("sold_rows"))
                        .build())
                .list();
    }

    private static void reservations(Handle handle, Consumer<InventoryAudit> parts) {
        List<ReservationAudit> part = new ArrayList<>();
        handle.createQuery("SELECT * FROM reservations ORDER BY reservation_id")
                .map((row, context) -> ReservationAudit.newBuilder()
                        .setReservationId(row.getLong("reservation_id"))
                        .setGid(row.getString("gid"))
                        .setOrderNo(row.getString("order_no"))
                        .setSku(row.getString("sku"))
                        .setQuantity(row.getLong("quantity"))
                        .setPriceCents(row.getLong("price_cents"))
                        .setState(ReservationState.valueOf(row.getString("state")))
                        .build())
                .forEach(reservation -> {
                    part.add(reservation);
                    if (part.size() == ROWS_PER_PART) {
                        parts.accept(InventoryAudit.newBuilder()
                                .addAllReservations(part)
                                .build());
                        part.clear();
                    }
                });
        parts.accept(InventoryAudit.newBuilder().addAllReservations(part).build());
    }
}
