package io.coordkit.samples.checkout;

import io.coordkit.samples.proto.IdAudit;
import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.OrderRecord;
import io.coordkit.samples.proto.OrderState;
import io.coordkit.samples.proto.ProductAudit;
import io.coordkit.samples.proto.ReservationAudit;
import io.coordkit.samples.proto.ReservationState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares what the two databases say with what must be true of them together. Immutable. */
final class Ledger {
    private final Snapshot snapshot;
    private final Collection<String> wanted;
    private final List<String> breaches = new ArrayList<>();

    private Ledger(Snapshot snapshot, Collection<String> wanted) {
        this.snapshot = snapshot;
        this.wanted = wanted;
    }

    /**
     * Every rule that is broken, one line each; none if the ledger balances.
     *
     * @param wanted the order numbers that were to be placed
     */
    static List<String> breaches(Snapshot snapshot, Collection<String> wanted) {
        Ledger ledger = new Ledger(snapshot, wanted);
        ledger.checkTransactions();
        snapshot.products().forEach(ledger::checkProduct);
        ledger.checkOrders();
        snapshot.ids().forEach(ledger::checkIds);
        ledger.checkMoney();
        return List.copyOf(ledger.breaches);
    }

    private void checkTransactions() {
        if (!snapshot.unfinishedGids().isEmpty()) {
            breach(
                    "%d or more transactions are unfinished: %s",
                    snapshot.unfinishedGids().size(), String.join(", ", snapshot.unfinishedGids()));
        }
    }

    private void checkProduct(ProductAudit product) {
        String sku = product.getSku();
        long sum = product.getAvailable() + product.getReserved() + product.getSold();
        if (sum != product.getInitial()) {
            breach(
                    "product %s: available %d + reserved %d + sold %d = %d, not its initial %d",
                    sku, product.getAvailable(), product.getReserved(), product.getSold(), sum, product.getInitial());
        }
        if (product.getAvailable() < 0 || product.getReserved() < 0 || product.getSold() < 0) {
            breach("product %s: a negative counter", sku);
        }
        if (product.getReserved() != product.getReservedRows()) {
            breach(
                    "product %s: reserved %d, but its reservation rows add up to %d",
                    sku, product.getReserved(), product.getReservedRows());
        }
        if (product.getSold() != product.getSoldRows()) {
            breach(
                    "product %s: sold %d, but its reservation rows add up to %d",
                    sku, product.getSold(), product.getSoldRows());
        }
        if (product.getReserved() != 0) {
            breach("product %s: %d still reserved", sku, product.getReserved());
        }
    }

    private void checkOrders() {
        Map<String, List<ReservationAudit>> byOrder =
                snapshot.reservations().stream().collect(Collectors.groupingBy(ReservationAudit::getOrderNo));
        Set<String> known = new TreeSet<>();
        for (OrderRecord order : snapshot.orders()) {
            known.add(order.getOrderNo());
            checkOrder(order, byOrder.getOrDefault(order.getOrderNo(), List.of()));
        }
        for (String orderNo : wanted) {
            if (!known.contains(orderNo)) {
                breach("order %s: lost, the order database does not have it", orderNo);
            }
        }
        byOrder.forEach((orderNo, reservations) -> {
            if (!known.contains(orderNo)) {
                breach("order %s: %d reservations, but no such order", orderNo, reservations.size());
            }
        });
    }

    private void checkOrder(OrderRecord order, List<ReservationAudit> reservations) {
        String orderNo = order.getOrderNo();
        Map<String, Long> sold = new TreeMap<>();
        long worth = 0;
        for (ReservationAudit reservation : reservations) {
            if (!reservation.getGid().equals(order.getGid())) {
                breach(
                        "order %s: a reservation of transaction %s, which is not its own",
                        orderNo, reservation.getGid());
            }
            if (reservation.getState() == ReservationState.SOLD) {
                sold.merge(reservation.getSku(), reservation.getQuantity(), Long::sum);
                worth += reservation.getQuantity() * reservation.getPriceCents();
            } else if (reservation.getState() != ReservationState.CANCELLED) {
                breach(
                        "order %s: reservation %d of %s is %s",
                        orderNo, reservation.getReservationId(), reservation.getSku(), reservation.getState());
            }
        }
        Map<String, Long> lines =
                order.getLinesList().stream().collect(Collectors.toMap(Line::getSku, Line::getQuantity, Long::sum));
        if (order.getState() == OrderState.ORDER_CONFIRMED) {
            if (!sold.equals(lines)) {
                breach("order %s: CONFIRMED with %s, but sold is %s", orderNo, new TreeMap<>(lines), sold);
            }
            if (worth != order.getAmountCents()) {
                breach(
                        "order %s: its amount is %s, but sold is %s",
                        orderNo, Money.of(order.getAmountCents()), Money.of(worth));
            }
        } else if (order.getState() == OrderState.ORDER_CANCELLED) {
            if (!sold.isEmpty()) {
                breach("order %s: CANCELLED, but sold is %s", orderNo, sold);
            }
            if (order.getReason().isBlank()) {
                breach("order %s: CANCELLED without a reason", orderNo);
            }
        } else {
            breach("order %s: still %s", orderNo, order.getState());
        }
    }

    private void checkIds(IdAudit ids) {
        if (ids.getRepeatedIdsCount() > 0) {
            breach("ids '%s': issued more than once: %s", ids.getTag(), ids.getRepeatedIdsList());
        }
        if (ids.getUnjournalledIdsCount() > 0) {
            breach("ids '%s': in use but never journalled: %s", ids.getTag(), ids.getUnjournalledIdsList());
        }
    }

    private void checkMoney() {
        long received = Money.received(snapshot);
        long sold = snapshot.products().stream()
                .mapToLong(product -> product.getSold() * product.getPriceCents())
                .sum();
        if (received != sold) {
            breach("money: confirmed orders come to %s, what was sold to %s", Money.of(received), Money.of(sold));
        }
    }

    private void breach(String format, Object... values) {
        breaches.add(String.format(Locale.ROOT, format, values));
    }
}
