package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.Conformance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a lock backend must keep when a thousand want the same lock: a hand-over costs the store what it always does. */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class LockCrowdContract {
    private static final int FEW = 10;
    private static final int MANY = 1000;

    /** By how much a hand-over may cost more among the many: nothing but noise. One that wakes all costs 50 times. */
    private static final int NOISE = 3;

    /** So long that nobody asks again, or renews, while the test runs. */
    protected static final Duration TTL = Duration.ofMinutes(10);

    private final List<AutoCloseable> opened = new ArrayList<>();

    /** One of a thousand on the store, each as a process of its own would use it; they may share connections. */
    protected abstract LockBackend openBackend();

    /** How many commands the store has carried out so far, whoever sent them. */
    protected abstract long commandsServed();

    /** How long a test waits for the next holder. */
    protected Duration patience() {
        return Duration.ofSeconds(60);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void L37_aThousandClientsAreServedAtTheCostOfTen() throws Exception {
        double few = commandsPerHandOver(FEW);
        double many = commandsPerHandOver(MANY);
        print(FEW + " clients", few);
        print(MANY + " clients", many);
        assertThat(few).as("commands per hand-over among %d", FEW).isPositive();
        assertThat(many).as("commands per hand-over among %d", MANY).isLessThan(NOISE * few);
    }

    @Test
    void L37_aThousandWaitersOfTenClientsAreServedAtTheCostOfTen() throws Exception {
        double few = commandsPerHandOver(FEW);
        String name = "crowd:" + UUID.randomUUID();
        List<LockClient> clients = new ArrayList<>();
        for (int i = 0; i < FEW; i++) {
            LockClient client = Locks.on(
                    openBackend(), LockOptions.DEFAULTS.withTtl(TTL), LockRuntime.standard(CoordObserver.NONE));
            opened.add(client);
            clients.add(client);
        }
        Hold first = clients.get(0).mutex(name).acquire(patience());
        List<CompletableFuture<Void>> served = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            served.add(clients.get(i % FEW)
                    .mutex(name)
                    .acquireAsync(patience().multipliedBy(2))
                    .thenAccept(Hold::close));
        }
        long before = commandsServed();
        first.close();
        CompletableFuture.allOf(served.toArray(CompletableFuture<?>[]::new))
                .get(patience().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
        double many = (double) (commandsServed() - before) / MANY;
        print(MANY + " waiters of " + FEW + " clients", many);
        assertThat(many).isLessThan(NOISE * few);
    }

    /** That many queue behind one holder; then each, once it has been granted, leaves. */
    private double commandsPerHandOver(int candidates) throws Exception {
        String name = "crowd:" + UUID.randomUUID();
        BlockingQueue<QueuedCandidate> granted = new LinkedBlockingQueue<>();
        List<QueuedCandidate> crowd = new ArrayList<>();
        for (int i = 0; i <= candidates; i++) {
            LockBackend backend = openBackend();
            opened.add(backend);
            crowd.add(new QueuedCandidate(backend, name, TTL, granted));
        }
        QueuedCandidate holder = crowd.get(0);
        holder.enter(patience());
        assertThat(granted.poll()).as("the first is granted at once").isSameAs(holder);
        for (QueuedCandidate each : crowd.subList(1, crowd.size())) {
            each.enter(patience());
        }
        assertThat(granted).as("granted beside the holder").isEmpty();

        long before = commandsServed();
        for (int left = candidates; left > 0; left--) {
            long grant = holder.grant();
            holder.leave(patience());
            holder = granted.poll(patience().toMillis(), TimeUnit.MILLISECONDS);
            assertThat(holder).as("next of %d that wait", left).isNotNull();
            assertThat(holder.grant()).as("the next grant").isGreaterThan(grant);
        }
        long commands = commandsServed() - before;
        holder.leave(patience());
        assertThat(granted).as("granted twice").isEmpty();
        return (double) commands / candidates;
    }

    private static void print(String who, double commands) {
        System.out.printf(Locale.ROOT, "L37: %s: %.2f commands per hand-over%n", who, commands);
    }
}
