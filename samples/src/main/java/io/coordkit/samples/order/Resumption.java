package io.coordkit.samples.order;

import io.coordkit.CoordException;
import io.coordkit.Coordkit;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up, once at the start, the orders that a crash left PENDING: their transaction never began, or was aborted
 * before their try. A lock keeps several processes from doing the same work at the same time; it is for efficiency only
 * and nothing depends on it, for the transaction's name places each order once.
 */
final class Resumption implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Resumption.class);
    private static final Duration LOCK_WAIT = Duration.ofSeconds(10);

    private final Coordkit kit;
    private final OrderDesk desk;
    private final Thread thread;

    private Resumption(Coordkit kit, OrderDesk desk, List<String> pending) {
        this.kit = kit;
        this.desk = desk;
        thread = new Thread(() -> run(pending), "order-resumption");
        thread.setDaemon(true);
    }

    /** Begins in the background with those orders. */
    static Resumption start(Coordkit kit, OrderDesk desk, List<String> pending) {
        Resumption resumption = new Resumption(kit, desk, pending);
        if (!pending.isEmpty()) {
            log.info("{} orders were left pending; they are taken up", pending.size());
            resumption.thread.start();
        }
        return resumption;
    }

    private void run(List<String> pending) {
        try {
            Optional<Hold> hold = locked();
            try {
                for (String orderNo : pending) {
                    resume(orderNo);
                }
            } finally {
                hold.ifPresent(Hold::close);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void resume(String orderNo) throws InterruptedException {
        try {
            OrderRow order = desk.resume(orderNo);
            log.info("gid={} taken up: {}", order.gid(), order.state());
        } catch (CoordException | JdbiException e) {
            log.warn("Order {} stays pending until it is submitted again or the service restarts", orderNo, e);
        }
    }

    private Optional<Hold> locked() throws InterruptedException {
        try {
            return kit.locks().mutex("orders:resume").tryAcquire(LOCK_WAIT);
        } catch (LockException e) {
            log.warn("Pending orders are taken up without their lock", e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
