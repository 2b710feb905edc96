package io.coordkit.samples.order;

import io.coordkit.samples.proto.CancelKind;
import io.coordkit.samples.proto.OrderState;

/** Sorts the reasons of cancelled orders, which are sentences, into kinds that can be counted. */
final class CancelKinds {
    private CancelKinds() {}

    static CancelKind of(OrderState state, String reason) {
        if (state != OrderState.ORDER_CANCELLED) {
            return CancelKind.CANCEL_KIND_UNSPECIFIED;
        }
        if (reason.contains("out of stock")) {
            return CancelKind.OUT_OF_STOCK;
        }
        if (reason.contains("busy")) {
            return CancelKind.BUSY;
        }
        if (reason.contains("coordinator was gone")) {
            return CancelKind.INTERRUPTED;
        }
        if (reason.contains("deadline")) {
            return CancelKind.TIMED_OUT;
        }
        return CancelKind.OTHER;
    }
}
