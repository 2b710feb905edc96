package io.coordkit.samples.checkout;

import io.coordkit.samples.proto.IdAudit;
import io.coordkit.samples.proto.OrderAudit;
import io.coordkit.samples.proto.OrderRecord;
import io.coordkit.samples.proto.ProductAudit;
import io.coordkit.samples.proto.ReservationAudit;
import java.util.ArrayList;
import java.util.List;

/**
 * What the two databases held at a moment when no order was on its way.
 *
 * @param unfinishedGids of transactions; at most 100
 */
record Snapshot(
        List<ProductAudit> products,
        List<OrderRecord> orders,
        List<ReservationAudit> reservations,
        List<IdAudit> ids,
        List<String> unfinishedGids) {

    Snapshot {
        products = List.copyOf(products);
        orders = List.copyOf(orders);
        reservations = List.copyOf(reservations);
        ids = List.copyOf(ids);
        unfinishedGids = List.copyOf(unfinishedGids);
    }

    /** Adds up the parts of an audit. Not thread-safe. */
    static final class Builder {
        private final List<ProductAudit> products = new ArrayList<>();
        private final List<OrderRecord> orders = new ArrayList<>();
        private final List<ReservationAudit> reservations = new ArrayList<>();
        private final List<IdAudit> ids = new ArrayList<>();
        private final List<String> unfinishedGids = new ArrayList<>();

        void add(OrderAudit part) {
            orders.addAll(part.getOrdersList());
            ids.addAll(part.getIdsList());
            unfinishedGids.addAll(part.getUnfinishedGidsList());
            products.addAll(part.getInventory().getProductsList());
            reservations.addAll(part.getInventory().getReservationsList());
            ids.addAll(part.getInventory().getIdsList());
        }

        Snapshot build() {
            return new Snapshot(products, orders, reservations, ids, unfinishedGids);
        }
    }
}
