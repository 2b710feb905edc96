package io.coordkit.testkit.lock.fault;

import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.fault.GuardedResource.Order;
import io.coordkit.testkit.lock.fault.HistoryEvent.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that takes a lock again and again and writes to the resource that it guards, until the resource closes. It
 * waits for half a TTL each time, and then asks anew: in most faults waiters give up. In one tenure of four it writes
 * without asking the lock first, as code does that was in the middle of a call when the lock was lost. In the end it fails
 * if threads are left that our lock has begun.
 */
final class FaultWorker {
    private static final Logger log = LoggerFactory.getLogger(FaultWorker.class);
    private static final Duration BETWEEN_WRITES = Duration.ofMillis(2);
    private static final Duration AFTER_TROUBLE = Duration.ofMillis(100);
    private static final Duration THREADS_GO = Duration.ofSeconds(30);
    private static final int MOST_WRITES = 8;

    private final Subject.Locker lock;
    private final ResourceClient resource;
    private final Duration patience;
    private final Random random;

    private FaultWorker(Subject.Locker lock, ResourceClient resource, Duration patience, int worker) {
        this.lock = lock;
        this.resource = resource;
        this.patience = patience;
        this.random = new Random(worker);
    }

    /** Arguments: the subject's class, the store's address, the TTL, the lock's name, the resource's port, a number. */
    public static void main(String[] arguments) throws Exception {
        Subject subject = Class.forName(arguments[0])
                .asSubclass(Subject.class)
                .getDeclaredConstructor()
                .newInstance();
        int worker = Integer.parseInt(arguments[5]);
        BaseLine threads = BaseLine.ofThreads(THREADS_GO)
                .besidesThreads("FailsafeDelayScheduler"); // of the library that jetcd retries with, one for the JVM
        threads.begin();
        try (ResourceClient resource = new ResourceClient(Integer.parseInt(arguments[4]), worker);
                Subject.Locker lock = subject.open(arguments[1], Duration.parse(arguments[2]), arguments[3])) {
            new FaultWorker(lock, resource, Duration.parse(arguments[2]).dividedBy(2), worker).contend();
        }
        if (subject instanceof CoordkitSubject) { // Curator, for one, keeps a thread for the JVM
            threads.requireThreadsBack();
        }
    }

    private void contend() throws InterruptedException {
        try {
            while (true) {
                resource.tell(Kind.REQUEST, 0, true);
                Optional<Subject.Held> held = acquire();
                if (held.isPresent()) {
                    use(held.get());
                }
            }
        } catch (IOException closed) {
            log.info("The resource has closed: {}", closed.toString());
        }
    }

    /** The lock, if it can be had; the resource is told why not. */
    private Optional<Subject.Held> acquire() throws IOException, InterruptedException {
        try {
            Optional<Subject.Held> held = lock.acquire(patience);
            if (held.isEmpty()) {
                resource.tell(Kind.BUSY, 0, true);
            }
            return held;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception trouble) {
            log.info("In trouble: {}", trouble.toString());
            resource.tell(Kind.TROUBLE, 0, true);
            TimeUnit.MILLISECONDS.sleep(AFTER_TROUBLE.toMillis());
            return Optional.empty();
        }
    }

    private void use(Subject.Held held) throws IOException, InterruptedException {
        boolean checked = random.nextInt(4) != 0;
        long token = held.token();
        try {
            if (resource.tell(Kind.ENTER, token, checked)) {
                write(held, token, checked);
            }
        } finally {
            giveUp(held);
        }
    }

    /** Ours never throw; peers do when they have lost the lock, or cannot reach the store. */
    private static void giveUp(Subject.Held held) {
        try {
            held.close();
        } catch (RuntimeException trouble) {
            log.info("Could not give it up: {}", trouble.toString());
        }
    }

    private void write(Subject.Held held, long token, boolean checked) throws IOException, InterruptedException {
        for (int left = random.nextInt(MOST_WRITES) + 1; left > 0 || resource.order() != Order.GO; left--) {
            boolean asks = resource.order() == Order.WATCH || (checked && resource.order() == Order.GO);
            if (asks && !held.isHeld()) {
                resource.tell(Kind.LOST, token, true);
                return;
            }
            resource.tell(Kind.WRITE, token, asks);
            TimeUnit.MILLISECONDS.sleep(BETWEEN_WRITES.toMillis());
        }
        reenter(held, token);
        resource.tell(Kind.EXIT, token, checked);
    }

    private void reenter(Subject.Held held, long token) throws IOException {
        long again;
        try {
            again = held.tokenOnReentry();
        } catch (RuntimeException lost) {
            return;
        }
        resource.tell(Kind.REENTER, again, token != 0);
    }
}
