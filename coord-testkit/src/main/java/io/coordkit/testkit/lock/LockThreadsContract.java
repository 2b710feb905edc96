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
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a lock backend must keep when ten thousand virtual threads go through a hundred locks, and each hold is closed by
 * another thread than the one that acquired it. Where Java has no virtual threads, two hundred others do the same.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class LockThreadsContract {
    private static final int LOCKS = 100;
    private static final int VIRTUAL_THREADS = 10_000;
    private static final int PLATFORM_THREADS = 200;

    /** A frame of ours that is not of the test. */
    private static final Pattern OURS = Pattern.compile("io\\.coordkit\\.(?!testkit\\.)");

    private final String name = "threads:" + UUID.randomUUID();
    private final List<LockClient> clients = new ArrayList<>();
    private final AtomicIntegerArray taken = new AtomicIntegerArray(LOCKS);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** A new backend on the store under test, the same store each time, as another process would open it. */
    protected abstract LockBackend openBackend();

    /** The client over a backend. Overridden only to test this contract itself. */
    protected LockClient openClient(LockBackend backend, LockOptions options) {
        return Locks.on(backend, options, LockRuntime.standard(CoordObserver.NONE));
    }

    /** How long all threads together may take. */
    protected Duration patience() {
        return Duration.ofMinutes(4);
    }

    @AfterEach
    void closeAll() {
        clients.forEach(LockClient::close);
    }

    @Test
    void L39_tenThousandVirtualThreadsPassThroughAHundredLocks() throws Exception {
        for (int i = 0; i < 2; i++) {
            LockClient client = openClient(openBackend(), LockOptions.DEFAULTS);
            clients.add(client);
            take(client, 0).close(); // loads the classes, which pins whoever does it first
        }
        taken.set(0, 0);
        ThreadStarter starter = ThreadStarter.ofThisJava();
        int threads = starter.isVirtual() ? VIRTUAL_THREADS : PLATFORM_THREADS;
        CountDownLatch running = new CountDownLatch(threads);
        List<String> pinned;
        Duration took;
        try (PinnedThreads recording = PinnedThreads.recording()) {
            long start = System.nanoTime();
            for (int i = 0; i < threads; i++) {
                int number = i;
                starter.start(() -> pass(number, starter, running));
            }
            assertThat(running.await(patience().toMillis(), TimeUnit.MILLISECONDS))
                    .as("all threads are through; %s are not", running.getCount())
                    .isTrue();
            took = Duration.ofNanos(System.nanoTime() - start);
            pinned = recording.stop();
        }
        List<String> pinnedByUs =
                pinned.stream().filter(stack -> OURS.matcher(stack).find()).toList();
        System.out.println("L39: Java " + Runtime.version() + ": " + threads
                + (starter.isVirtual() ? " virtual" : " platform") + " threads through " + LOCKS + " locks in "
                + took.toMillis() + " ms; pinned " + pinned.size()
                + " times, by Coordkit " + pinnedByUs.size() + " times");
        assertThat(failures).isEmpty();
        assertThat(pinnedByUs).isEmpty();
        for (int lock = 0; lock < LOCKS; lock++) {
            assertThat(taken.get(lock)).as("how often lock %d was taken", lock).isEqualTo(threads / LOCKS);
            clients.get(lock % 2).mutex(name + lock).acquire(patience()).close();
        }
    }

    private void pass(int number, ThreadStarter starter, CountDownLatch running) {
        try {
            // Both clients want every lock.
            Hold hold = take(clients.get(number / LOCKS % 2), number % LOCKS);
            starter.start(hold::close);
        } catch (InterruptedException | RuntimeException e) {
            failures.add(e);
        } finally {
            running.countDown();
        }
    }

    /** Counts in two steps, between which another holder would be noticed. */
    private Hold take(LockClient client, int lock) throws InterruptedException {
        Hold hold = client.mutex(name + lock).acquire(patience());
        int before = taken.get(lock);
        LockSupport.parkNanos(1_000);
        taken.set(lock, before + 1);
        return hold;
    }
}
