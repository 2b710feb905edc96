package io.coordkit.samples.order;

import io.coordkit.Coordkit;
import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.OrderState;
import io.coordkit.samples.proto.ReserveRequest;
import io.coordkit.samples.service.IdJournal;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TxnStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;

/**
 * Places each order once, however often it is submitted: at the same time, again, or after a crash.
 *
 * <p>The order number is claimed by its unique key, with the order PENDING; the transaction that places it is named
 * after it. What a crash leaves behind is therefore always one of: nothing; an order whose transaction was not decided, to
 * be placed now, unless somebody who asked has aborted it; or one whose transaction is in the log, to be answered from
 * there. Submissions of one number in this process join. Thread-safe.
 */
final class OrderDesk {
    static final String ID_TAG = "order";
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Coordkit kit;
    private final OrderTransactions transactions;
    private final OrderStore store;
    private final IdJournal journal;
    private final Duration timeout;
    private final LongSupplier nanos;
    private final ConcurrentMap<String, FutureTask<OrderRow>> inFlight = new ConcurrentHashMap<>();

    /**
     * @param timeout how long a transaction may stay undecided
     * @param nanos monotonic
     */
    OrderDesk(
            Coordkit kit,
            OrderTransactions transactions,
            OrderStore store,
            IdJournal journal,
            Duration timeout,
            LongSupplier nanos) {
        this.kit = kit;
        this.transactions = transactions;
        this.store = store;
        this.journal = journal;
        this.timeout = timeout;
        this.nanos = nanos;
    }

    /**
     * The outcome of that order, which is its first one if it was submitted before.
     *
     * @throws UndecidedException if it cannot be told in time
     */
    OrderRow place(NewOrder order) throws InterruptedException {
        return joined(order.orderNo(), () -> {
            Optional<OrderRow> known = store.find(order.orderNo());
            if (known.isPresent()) {
                return settle(known.get());
            }
            long orderId = kit.ids(ID_TAG).next();
            journal.record(ID_TAG, orderId);
            if (!store.claim(order, orderId)) {
                return settle(store.find(order.orderNo()).orElseThrow());
            }
            return run(new OrderRow(order.orderNo(), orderId, OrderState.PENDING, "", order.amountCents()));
        });
    }

    /** Brings an order that is in the database to its outcome. */
    OrderRow resume(String orderNo) throws InterruptedException {
        return joined(orderNo, () -> settle(store.find(orderNo).orElseThrow()));
    }

    private OrderRow joined(String orderNo, Callable<OrderRow> work) throws InterruptedException {
        FutureTask<OrderRow> mine = new FutureTask<>(work);
        FutureTask<OrderRow> earlier = inFlight.putIfAbsent(orderNo, mine);
        if (earlier == null) {
            try {
                mine.run();
            } finally {
                inFlight.remove(orderNo, mine);
            }
        }
        try {
            return (earlier == null ? mine : earlier).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException) {
                throw new UndecidedException(orderNo, "the service is ending", e);
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("Order " + orderNo, e);
        }
    }

    private OrderRow settle(OrderRow order) throws InterruptedException {
        if (order.isFinal()) {
            return order;
        }
        Optional<TxnStatus> status = transactions.service().outcome(order.gid());
        return status.isEmpty() ? run(order) : decided(order, status.get());
    }

    private OrderRow run(OrderRow order) throws InterruptedException {
        Outcome<String> outcome = transactions.place(order, reservation(order), timeout);
        if (outcome instanceof Outcome.Committed) {
            return order.confirmed();
        }
        if (outcome instanceof Outcome.Aborted<String> aborted) {
            return cancelled(order, aborted.reason());
        }
        return follow(order);
    }

    /** Waits until it is known what was decided when the answer was lost. */
    private OrderRow follow(OrderRow order) throws InterruptedException {
        long began = nanos.getAsLong();
        while (nanos.getAsLong() - began < timeout.toNanos()) {
            Optional<TxnStatus> status = transactions.service().outcome(order.gid());
            if (status.isPresent()) {
                return decided(order, status.get());
            }
            Thread.sleep(PAUSE.toMillis());
        }
        throw new UndecidedException(order.orderNo(), "its transaction is still undecided", null);
    }

    private OrderRow decided(OrderRow order, TxnStatus status) {
        return status.state().isCommit() ? order.confirmed() : cancelled(order, status.reason());
    }

    private OrderRow cancelled(OrderRow order, String reason) {
        store.cancelIfPending(order.orderNo(), reason);
        return order.cancelled(reason);
    }

    private ReserveRequest reservation(OrderRow order) {
        Iterable<Line> lines = store.lines(order.orderNo());
        return ReserveRequest.newBuilder()
                .setOrderNo(order.orderNo())
                .addAllLines(lines)
                .build();
    }
}
