package io.coordkit.samples.checkout;

import io.coordkit.samples.proto.CancelKind;
import io.coordkit.samples.proto.OrderState;
import io.coordkit.samples.proto.PlaceOrderReply;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the answers, for the summary only; the ledger does not trust it. Thread-safe. */
final class Tally {
    private final LongAdder confirmed = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<CancelKind, LongAdder> cancelled = new ConcurrentSkipListMap<>();

    void answered(PlaceOrderReply reply) {
        if (reply.getState() == OrderState.ORDER_CONFIRMED) {
            confirmed.increment();
        } else {
            cancelled
                    .computeIfAbsent(reply.getCancelKind(), kind -> new LongAdder())
                    .increment();
        }
    }

    void unanswered() {
        unanswered.increment();
    }

    void refused() {
        refused.increment();
    }

    long unansweredOrders() {
        return unanswered.sum();
    }

    /** One line. */
    String summary(int rejectedLines) {
        Map<String, Long> kinds = new TreeMap<>();
        cancelled.forEach(
                (kind, count) -> kinds.put(kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), count.sum()));
        long total = kinds.values().stream().mapToLong(Long::longValue).sum();
        StringBuilder text =
                new StringBuilder(String.format(Locale.ROOT, "%,d confirmed, %,d cancelled", confirmed.sum(), total));
        if (!kinds.isEmpty()) {
            text.append(' ')
                    .append(kinds.toString().replace('{', '(').replace('}', ')').replace("=", ": "));
        }
        if (refused.sum() > 0) {
            text.append(String.format(Locale.ROOT, ", %,d refused", refused.sum()));
        }
        return text.append(String.format(
                        Locale.ROOT, ", %,d unanswered; %,d lines rejected", unanswered.sum(), rejectedLines))
                .toString();
    }
}
