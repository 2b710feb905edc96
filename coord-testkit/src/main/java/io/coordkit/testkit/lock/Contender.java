package io.coordkit.testkit.lock;

import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.Patiently;
import io.coordkit.testkit.lock.LockJournal.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that takes a lock again and again and keeps a journal of it: until its input ends, or until it reads a line,
 * after which it never lets go of the lock that it gets next.
 */
final class Contender {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration INSIDE = Duration.ofMillis(1);

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean staying;

    private Contender() {}

    /** Arguments: the lock client's URI, its TTL, the lock's name, the journal. */
    public static void main(String[] arguments) throws InterruptedException {
        Settings settings = new Settings("", Map.of("ttl", arguments[1]));
        try (LockClient locks = Patiently.open(() -> Locks.open(arguments[0], settings, CoordObserver.NONE))) {
            Contender contender = new Contender();
            Thread listener = new Thread(contender::listen, "contender-input");
            listener.setDaemon(true);
            listener.start();
            contender.contend(locks, arguments[2], new LockJournal(Path.of(arguments[3])));
        }
    }

    private void listen() {
        try {
            while (System.in.read() >= 0) {
                staying = true;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ended.countDown();
        }
    }

    private void contend(LockClient locks, String name, LockJournal journal) throws InterruptedException {
        while (ended.getCount() > 0) {
            try (Hold hold = locks.mutex(name).acquire(PATIENCE)) {
                journal.append(Kind.ENTER, hold.token());
                if (staying) {
                    journal.append(Kind.STAY, hold.token());
                    ended.await();
                }
                LockSupport.parkNanos(INSIDE.toNanos());
                journal.append(hold.isHeld() ? Kind.LEAVE : Kind.LOST, hold.token());
            }
        }
    }
}
