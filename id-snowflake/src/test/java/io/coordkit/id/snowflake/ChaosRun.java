package io.coordkit.id.snowflake;

import io.coordkit.BackendUnreachableException;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.id.MemoryWorkers;
import io.coordkit.testkit.time.ChaosClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One simulation: a few generators fight for fewer worker numbers, on one thread, in an order and under clocks decided by
 * the seed. The store loses requests and answers, and now and then a record; its clock jumps, and so does each machine's.
 */
final class ChaosRun {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String TAG = "chaos";
    private static final SnowflakeLayout LAYOUT = new SnowflakeLayout(Duration.ofMillis(1), 41, 0, 2, 4);
    private static final int NODES = 3;
    private static final int STEPS = 40;
    private static final int PARKS_PER_CALL = 1_000;
    private static final long JUMP_MILLIS = 3_600_000;

    private final Random random;
    private final ChaosClock storeClock = new ChaosClock(START);
    private final FlakyStore store = new FlakyStore();
    private final WorkerLeaseSource source = WorkerLeases.on(store);
    private final SnowflakeOptions options;
    private final List<Node> nodes = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();
    private final Map<Integer, Node> lastOwner = new HashMap<>();
    private final boolean broken;
    private final boolean forgetful;
    private ChaosTally tally = ChaosTally.NONE;

    ChaosRun(long seed) {
        this(seed, false);
    }

    /** @param broken whether the store lets each owner begin in the window of the one before */
    ChaosRun(long seed, boolean broken) {
        this.broken = broken;
        random = new Random(seed);
        forgetful = random.nextInt(4) == 0;
        options = SnowflakeOptions.DEFAULTS
                .withLayout(LAYOUT)
                .withWindow(Duration.ofMillis(200 + random.nextInt(800)))
                .withPatience(Duration.ofMillis(1 + random.nextInt(5)))
                .withBorrow(Duration.ofMillis(random.nextBoolean() ? 0 : random.nextInt(600)));
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node());
        }
    }

    ChaosTally run() {
        for (int step = 0; step < STEPS; step++) {
            act(nodes.get(random.nextInt(NODES)));
        }
        return tally;
    }

    private void act(Node node) {
        switch (random.nextInt(16)) {
            case 0 -> node.clock.jump(Duration.ofMillis(random.nextLong(2 * JUMP_MILLIS) - JUMP_MILLIS));
            case 1 -> node.clock.jump(Duration.ofMillis(random.nextInt(400) - 200));
            case 2 -> node.clock.freeze();
            case 3 -> node.clock.reverse();
            case 4, 5 -> node.clock.run();
            case 6 -> jumpStore(300);
            case 7 -> {
                if (random.nextInt(10) == 0) {
                    jumpStore(JUMP_MILLIS);
                } else if (forgetful) {
                    store.forget(TAG, random.nextInt(LAYOUT.workers()));
                }
            }
            case 8 -> store.lossPercent = random.nextInt(3) * 30;
            case 9 -> node.stop(random.nextBoolean());
            case 10 -> passMillis(1500);
            case 11, 12 -> node.renew();
            default -> node.issue(1 + random.nextInt(40));
        }
        passMillis(40);
    }

    /** A store that forgets must at least know what time it is. */
    private void jumpStore(long most) {
        long by = random.nextLong(2 * most) - most;
        storeClock.jump(Duration.ofMillis(forgetful ? Math.abs(by) : by));
    }

    /** Time passes for all; each clock makes of it what it does. */
    private void pass(long nanos) {
        storeClock.advanceNanos(nanos);
        for (Node node : nodes) {
            node.clock.advanceNanos(nanos);
        }
    }

    private void passMillis(int atMost) {
        pass(Duration.ofMillis(random.nextInt(atMost)).toNanos());
    }

    /** A machine: its clock, and the generator that runs there now. */
    private final class Node {
        private final ChaosClock clock = new ChaosClock(START);
        private @Nullable SnowflakeIds ids;
        private long last;
        private int parks;

        void issue(int count) {
            SnowflakeIds running = ids == null ? start() : ids;
            if (running == null) {
                return;
            }
            long[] batch = new long[count];
            parks = 0;
            try {
                if (random.nextInt(8) == 0 && last > 0) {
                    batch[0] = running.after(last);
                } else if (random.nextBoolean()) {
                    running.fill(batch);
                } else {
                    for (int i = 0; i < count; i++) {
                        batch[i] = running.next();
                    }
                }
            } catch (WorkerLeaseLostException e) {
                tally = tally.plus(new ChaosTally(0, 0, 1, 0, 0));
                ids = null;
            } catch (IdUnavailableException e) {
                tally = tally.plus(new ChaosTally(0, 1, 0, 0, 0));
            }
            check(running, batch);
        }

        private void check(SnowflakeIds running, long[] batch) {
            for (long id : batch) {
                if (id == 0) {
                    continue;
                }
                if (id <= last) {
                    throw new AssertionError(id + " came after " + last + " from one generator");
                }
                last = id;
                if (!seen.add(id)) {
                    throw new AssertionError(running.inspect(id) + " was issued twice");
                }
                Instant reserved = store.highest.getOrDefault(running.worker(), Instant.MIN);
                if (running.inspect(id).time().isAfter(reserved)) {
                    throw new AssertionError(running.inspect(id) + " is above what was ever reserved, " + reserved);
                }
                tally = tally.plus(new ChaosTally(1, 0, 0, 0, 0));
            }
        }

        private @Nullable SnowflakeIds start() {
            try {
                SnowflakeIds started = SnowflakeIds.of(
                        TAG,
                        source,
                        options,
                        CoordObserver.NONE,
                        clock,
                        new ClockWait(TAG, clock, this::park, CoordObserver.NONE),
                        () -> {});
                int handOvers = lastOwner.put(started.worker(), this) == this ? 0 : 1;
                tally = tally.plus(new ChaosTally(0, 0, 0, handOvers, 1));
                last = 0;
                ids = started;
                return started;
            } catch (IdUnavailableException e) {
                tally = tally.plus(new ChaosTally(0, 1, 0, 0, 0));
                return null;
            }
        }

        /** A park takes about as long as it was asked to; meanwhile the keeper may renew. */
        private void park(long nanos) {
            if (++parks > PARKS_PER_CALL) {
                throw new AssertionError("parked " + parks + " times in one call: a busy spin");
            }
            pass(nanos + random.nextInt(100_000));
            if (random.nextInt(20) == 0) {
                renew();
            }
        }

        void renew() {
            SnowflakeIds running = ids;
            if (running != null) {
                boolean kept = running.renew();
                // Who has lost its number finds out at its next id; sometimes it asks for none and just starts again.
                ids = kept || random.nextBoolean() ? running : null;
            }
        }

        /** Ends the generator in good order, or with the process. */
        void stop(boolean orderly) {
            SnowflakeIds running = ids;
            ids = null;
            if (running != null && orderly) {
                running.close();
            }
        }
    }

    /** Loses requests, answers and records, and remembers what was ever reserved. */
    private final class FlakyStore extends MemoryWorkers {
        private final Map<Integer, Instant> highest = new HashMap<>();
        private int lossPercent;

        FlakyStore() {
            super(storeClock);
        }

        @Override
        public WorkerRecords.Records readAll(String tag, Duration window) {
            lose();
            return super.readAll(tag, window);
        }

        @Override
        public WorkerRecords.Records read(String tag, int worker, Duration window) {
            lose();
            return super.read(tag, worker, window);
        }

        @Override
        public boolean replace(
                String tag,
                int worker,
                @Nullable WorkerRecord expected,
                WorkerRecord next,
                Instant readAt,
                Duration window) {
            lose();
            if (random.nextInt(10) == 0) {
                passMillis(20);
            }
            boolean written = super.replace(tag, worker, expected, next, readAt, window);
            if (written) {
                highest.merge(worker, next.reservedUntil(), (a, b) -> a.isAfter(b) ? a : b);
            }
            lose();
            return written;
        }

        @Override
        protected Entry entry(int worker, WorkerRecord record, Instant now) {
            Entry right = super.entry(worker, record, now);
            return broken ? new Entry(worker, record, false, now.minus(options.window())) : right;
        }

        private void lose() {
            if (random.nextInt(100) < lossPercent) {
                throw new BackendUnreachableException("lost on the way", null);
            }
        }
    }
}
