package io.coordkit.txn.tcc;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A participant that falls silent altogether, one that does so in the second phase only, and the others. */
class DeadParticipantTest {
    private static final BranchReply DONE = new BranchReply.Done();
    private static final int PERMITS = 8;
    private static final int CLIENTS = 4;

    private volatile boolean dead;
    private volatile boolean over;

    /** Counts the calls under way to it while it is dead. */
    private final class Mortal implements BranchEndpoint {
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final boolean answersTries;

        Mortal(boolean answersTries) {
            this.answersTries = answersTries;
        }

        @Override
        public CompletionStage<BranchReply> call(BranchCall call) {
            if (!dead || (answersTries && call.operation() == Operation.TRY)) {
                return CompletableFuture.completedStage(DONE);
            }
            CompletableFuture<BranchReply> never = new CompletableFuture<>();
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            CompletionStage<BranchReply> end = never;
            // Who no longer waits cancels it.
            end.whenComplete((reply, failure) -> inside.decrementAndGet());
            return never;
        }
    }

    @Test
    void deadForHalfAMinute() throws Exception {
        theOthersGoOn_boundedByPermits_andTheBacklogDrainsWhenItIsBack(ofSeconds(30));
    }

    @Test
    @Tag("soak")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void deadForFiveMinutes() throws Exception {
        theOthersGoOn_boundedByPermits_andTheBacklogDrainsWhenItIsBack(Duration.ofMinutes(5));
    }

    private void theOthersGoOn_boundedByPermits_andTheBacklogDrainsWhenItIsBack(Duration phase) throws Exception {
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
        pool.setMaxConnections(32);
        TxnLog log = SqlTxnLog.using(pool);
        BranchEndpoint alive = call -> CompletableFuture.completedStage(DONE);
        Mortal silent = new Mortal(false);
        Mortal half = new Mortal(true);
        List<Thread> clients = new ArrayList<>();
        try (Tcc tcc = TccCoordinator.builder()
                .log(log)
                .participant("alive", alive)
                .participant("silent", silent)
                .participant("half", half)
                .permits(PERMITS)
                .callTimeout(ofMillis(500))
                .retry(RetrySchedule.DEFAULTS.withWaits(ofMillis(20), ofMillis(500)))
                .maxAttempts(100_000)
                .open()) {
            AtomicLong others = new AtomicLong();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(client(tcc, "others-" + i, others, "alive"));
                clients.add(client(tcc, "silent-" + i, new AtomicLong(), "alive", "silent"));
                clients.add(client(tcc, "half-" + i, new AtomicLong(), "alive", "half"));
            }
            clients.forEach(Thread::start);
            double before = rate(others, phase.dividedBy(5));
            dead = true;
            double during = rate(others, phase);
            List<TxnState> backlog = log.unfinished(Integer.MAX_VALUE).stream()
                    .map(TxnStatus::state)
                    .toList();
            dead = false;
            double after = rate(others, phase.dividedBy(5));
            over = true;
            for (Thread client : clients) {
                client.join();
            }
            System.out.printf(
                    "Dead participant for %d s: others %.0f/s before, %.0f/s during, %.0f/s after; %d transactions were"
                            + " waiting, at most %d and %d calls under way%n",
                    phase.toSeconds(), before, during, after, backlog.size(), silent.most.get(), half.most.get());
            assertThat(backlog).contains(TxnState.COMMITTING, TxnState.ABORTING);
            assertThat(during).as("the others go on").isPositive();
            assertThat(silent.most.get()).isBetween(1, PERMITS);
            assertThat(half.most.get()).isBetween(1, PERMITS);
            long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (!log.unfinished(1).isEmpty()) {
                TooLate.check(end, "the backlog drains");
                LockSupport.parkNanos(ofMillis(50).toNanos());
            }
        } finally {
            pool.dispose();
        }
    }

    private Thread client(Tcc tcc, String name, AtomicLong done, String... participants) {
        return new Thread(
                () -> {
                    try {
                        for (int i = 0; !over; i++) {
                            Outcome<String> outcome = tcc.begin(name + "-" + i)
                                    .timeout(ofSeconds(1))
                                    .run(tx -> {
                                        for (String participant : participants) {
                                            tx.enlist(participant, new byte[0]);
                                        }
                                        return "value";
                                    });
                            done.addAndGet(outcome instanceof Outcome.Committed ? 1 : 0);
                            // The affected leave a backlog that is to be drained again, within the test's time.
                            LockSupport.parkNanos(
                                    ofMillis(participants.length == 1 ? 1 : 20).toNanos());
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
    }

    private static double rate(AtomicLong done, Duration time) {
        long before = done.get();
        long began = System.nanoTime();
        while (System.nanoTime() - began < time.toNanos()) {
            LockSupport.parkNanos(ofMillis(20).toNanos());
        }
        return (done.get() - before) * 1e9 / (System.nanoTime() - began);
    }
}
