package io.coordkit.samples.order;

import io.coordkit.samples.proto.OrderState;
import io.coordkit.samples.proto.PlaceOrderReply;

/**
 * An order as it stands in the database.
 *
 * @param reason why it was cancelled; empty otherwise
 */
record OrderRow(String orderNo, long orderId, OrderState state, String reason, long amountCents) {

    /** The transaction that places that order: the same at every attempt, so that it is placed once. */
    static String gid(String orderNo) {
        return "order:" + orderNo;
    }

    String gid() {
        return gid(orderNo);
    }

    /** Whether its outcome is in the database. */
    boolean isFinal() {
        return state == OrderState.ORDER_CONFIRMED || state == OrderState.ORDER_CANCELLED;
    }

    OrderRow confirmed() {
        return new OrderRow(orderNo, orderId, OrderState.ORDER_CONFIRMED, "", amountCents);
    }

    OrderRow cancelled(String why) {
        return new OrderRow(orderNo, orderId, OrderState.ORDER_CANCELLED, why, amountCents);
    }

    PlaceOrderReply toReply() {
        return PlaceOrderReply.newBuilder()
                .setOrderNo(orderNo)
                .setOrderId(orderId)
                .setState(state)
                .setAmountCents(amountCents)
                .setReason(reason)
                .setCancelKind(CancelKinds.of(state, reason))
                .build();
    }
}
