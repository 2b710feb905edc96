package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.samples.proto.IdAudit;
import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.OrderAudit;
import io.coordkit.samples.proto.OrderRecord;
import io.coordkit.samples.proto.OrderState;
import io.coordkit.samples.proto.ProductAudit;
import io.coordkit.samples.proto.ReservationAudit;
import io.coordkit.samples.proto.ReservationState;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final List<String> WANTED = List.of("O-1", "O-2");

    /** O-1 bought two of A and O-2 was cancelled after it had reserved one. */
    private static OrderAudit.Builder balanced() {
        OrderAudit.Builder audit = OrderAudit.newBuilder();
        audit.addOrders(order("O-1", OrderState.ORDER_CONFIRMED, "").setAmountCents(600));
        audit.addOrders(order("O-2", OrderState.ORDER_CANCELLED, "out of stock").setAmountCents(600));
        audit.addIds(IdAudit.newBuilder().setTag("order").setIssued(2));
        audit.getInventoryBuilder()
                .addProducts(ProductAudit.newBuilder()
                        .setSku("A")
                        .setPriceCents(300)
                        .setInitial(10)
                        .setAvailable(8)
                        .setSold(2)
                        .setSoldRows(2))
                .addReservations(reservation(1, "O-1", ReservationState.SOLD))
                .addReservations(reservation(2, "O-2", ReservationState.CANCELLED))
                .addIds(IdAudit.newBuilder().setTag("reservation").setIssued(2));
        return audit;
    }

    private static OrderRecord.Builder order(String orderNo, OrderState state, String reason) {
        return OrderRecord.newBuilder()
                .setOrderNo(orderNo)
                .setGid("order:" + orderNo)
                .setState(state)
                .setReason(reason)
                .addLines(Line.newBuilder().setSku("A").setQuantity(2));
    }

    private static ReservationAudit.Builder reservation(long id, String orderNo, ReservationState state) {
        return ReservationAudit.newBuilder()
                .setReservationId(id)
                .setOrderNo(orderNo)
                .setGid("order:" + orderNo)
                .setSku("A")
                .setQuantity(2)
                .setPriceCents(300)
                .setState(state);
    }

    private static List<String> breaches(Consumer<OrderAudit.Builder> tamper) {
        OrderAudit.Builder audit = balanced();
        tamper.accept(audit);
        Snapshot.Builder snapshot = new Snapshot.Builder();
        snapshot.add(audit.build());
        return Ledger.breaches(snapshot.build(), WANTED);
    }

    private static void assertBreach(Consumer<OrderAudit.Builder> tamper, String text) {
        assertThat(breaches(tamper)).anySatisfy(breach -> assertThat(breach).contains(text));
    }

    private static Consumer<OrderAudit.Builder> product(Consumer<ProductAudit.Builder> tamper) {
        return audit -> tamper.accept(audit.getInventoryBuilder().getProductsBuilder(0));
    }

    @Test
    void balancedSnapshot_hasNoBreach() {
        assertThat(breaches(audit -> {})).isEmpty();
    }

    @Test
    void productThatDoesNotAddUp_isNamed() {
        assertBreach(product(product -> product.setAvailable(9)), "product A: available 9 + reserved 0 + sold 2 = 11");
        assertBreach(
                product(product -> product.setAvailable(-1).setSold(11).setSoldRows(11)),
                "product A: a negative counter");
    }

    @Test
    void counterThatDiffersFromItsRows_isNamed() {
        assertBreach(
                product(product -> product.setSoldRows(3)), "product A: sold 2, but its reservation rows add up to 3");
        assertBreach(product(product -> product.setReservedRows(1)), "product A: reserved 0, but its reservation rows");
    }

    @Test
    void stockLeftReserved_isNamed() {
        assertBreach(
                product(product -> product.setAvailable(7).setReserved(1).setReservedRows(1)),
                "product A: 1 still reserved");
    }

    @Test
    void orderThatWasWantedAndIsNotThere_isNamed() {
        assertBreach(audit -> audit.removeOrders(1), "order O-2: lost");
    }

    @Test
    void orderWithoutAnOutcome_isNamed() {
        assertBreach(audit -> audit.getOrdersBuilder(1).setState(OrderState.PENDING), "order O-2: still PENDING");
        assertBreach(audit -> audit.getOrdersBuilder(1).setReason(" "), "order O-2: CANCELLED without a reason");
    }

    @Test
    void confirmedOrderThatWasNotSold_isNamed() {
        assertBreach(
                audit -> audit.getInventoryBuilder().getReservationsBuilder(0).setState(ReservationState.CANCELLED),
                "order O-1: CONFIRMED with {A=2}, but sold is {}");
        assertBreach(
                audit -> audit.getInventoryBuilder().addReservations(reservation(3, "O-1", ReservationState.SOLD)),
                "order O-1: CONFIRMED with {A=2}, but sold is {A=4}");
    }

    @Test
    void cancelledOrderThatWasSold_isNamed() {
        assertBreach(
                audit -> audit.getInventoryBuilder().getReservationsBuilder(1).setState(ReservationState.SOLD),
                "order O-2: CANCELLED, but sold is {A=2}");
        assertBreach(
                audit -> audit.getInventoryBuilder().getReservationsBuilder(1).setState(ReservationState.RESERVED),
                "order O-2: reservation 2 of A is RESERVED");
    }

    @Test
    void reservationOfNobody_isNamed() {
        assertBreach(
                audit -> audit.getInventoryBuilder().addReservations(reservation(3, "O-7", ReservationState.SOLD)),
                "order O-7: 1 reservations, but no such order");
        assertBreach(
                audit -> audit.getInventoryBuilder().getReservationsBuilder(0).setGid("other"),
                "order O-1: a reservation of transaction other");
    }

    @Test
    void repeatedOrUnknownId_isNamed() {
        assertBreach(audit -> audit.getIdsBuilder(0).addRepeatedIds(17), "ids 'order': issued more than once: [17]");
        assertBreach(
                audit -> audit.getInventoryBuilder().getIdsBuilder(0).addUnjournalledIds(18),
                "ids 'reservation': in use but never journalled: [18]");
    }

    @Test
    void moneyThatDiffersFromWhatWasSold_isNamed() {
        assertBreach(
                audit -> audit.getOrdersBuilder(0).setAmountCents(599),
                "order O-1: its amount is 5.99, but sold is 6.00");
        assertBreach(
                audit -> audit.getOrdersBuilder(0).setAmountCents(599),
                "money: confirmed orders come to 5.99, what was sold to 6.00");
    }

    @Test
    void unfinishedTransaction_isNamed() {
        assertBreach(audit -> audit.addUnfinishedGids("order:O-1"), "transactions are unfinished: order:O-1");
    }
}
