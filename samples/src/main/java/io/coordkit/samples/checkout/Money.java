package io.coordkit.samples.checkout;

import io.coordkit.samples.proto.OrderRecord;
import io.coordkit.samples.proto.OrderState;
import java.util.Locale;

/** Amounts in cents, for people. */
final class Money {
    private static final long CENTS = 100;

    private Money() {}

    static String of(long cents) {
        return String.format(Locale.ROOT, "%,d.%02d", cents / CENTS, cents % CENTS);
    }

    /** What the confirmed orders come to, in cents. */
    static long received(Snapshot snapshot) {
        return snapshot.orders().stream()
                .filter(order -> order.getState() == OrderState.ORDER_CONFIRMED)
                .mapToLong(OrderRecord::getAmountCents)
                .sum();
    }
}
