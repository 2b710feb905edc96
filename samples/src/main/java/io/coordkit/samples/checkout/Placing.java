package io.coordkit.samples.checkout;

import io.coordkit.samples.data.OrderFile;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Places orders, several at a time. An order without an answer is sent again for a while, which is safe: its number
 * makes it one order. When that did not help, or the service has ended, the others are not sent any more.
 */
final class Placing {
    private static final Logger log = LoggerFactory.getLogger(Placing.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final OrderClient client;
    private final BooleanSupplier serviceLives;
    private final Tally tally;
    private final IntConsumer progress;
    private final Queue<OrderFile.Order> queue;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicBoolean givenUp = new AtomicBoolean();

    /**
     * @param serviceLives whether there is any hope for an answer
     * @param progress is told how many orders are done, once for each
     */
    Placing(
            OrderClient client,
            BooleanSupplier serviceLives,
            Tally tally,
            IntConsumer progress,
            Collection<OrderFile.Order> orders) {
        this.client = client;
        this.serviceLives = serviceLives;
        this.tally = tally;
        this.progress = progress;
        this.queue = new ConcurrentLinkedQueue<>(orders);
    }

    /** Returns when every order has its answer or none is to be had. */
    void run(int concurrency) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(concurrency);
        for (int number = 1; number <= concurrency; number++) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            work();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        } finally {
                            ended.countDown();
                        }
                    },
                    "checkout-" + number);
            thread.setDaemon(true);
            thread.start();
        }
        ended.await();
    }

    private void work() throws InterruptedException {
        for (OrderFile.Order order = queue.poll(); order != null; order = queue.poll()) {
            place(order);
            progress.accept(done.incrementAndGet());
        }
    }

    private void place(OrderFile.Order order) throws InterruptedException {
        Patience patience = new Patience(PATIENCE, System::nanoTime);
        while (!givenUp.get()) {
            try {
                tally.answered(client.place(order));
                return;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
                    log.warn(
                            "Order {} was refused: {}",
                            order.orderNo(),
                            e.getStatus().getDescription());
                    tally.refused();
                    return;
                }
                if (!serviceLives.getAsBoolean() || patience.isOver()) {
                    if (givenUp.compareAndSet(false, true)) {
                        log.warn(
                                "Order {} has no answer, the rest is not sent: {}",
                                order.orderNo(),
                                OrderClient.why(e));
                    }
                } else {
                    Thread.sleep(PAUSE.toMillis());
                }
            }
        }
        tally.unanswered();
    }
}
