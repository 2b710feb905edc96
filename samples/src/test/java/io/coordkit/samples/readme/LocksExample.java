package io.coordkit.samples.readme;

import io.coordkit.lock.CountingSemaphore;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LeaderElection;
import io.coordkit.lock.LockAdmin;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.MultiHold;
import io.coordkit.lock.Permit;
import io.coordkit.lock.ReadWriteMutex;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The examples of docs/locks.md, between the marks. */
final class LocksExample {
    private LocksExample() {}

    static void shared(LockClient locks, Consumer<String> done) throws InterruptedException {
        Duration wait = Duration.ofSeconds(2);
        // shared begins
        ReadWriteMutex prices = locks.readWrite("prices");
        try (Hold reading = prices.read().acquire(wait)) { // beside other readers
            done.accept("read with the token of the last writer, " + reading.token());
        }
        try (Hold writing = prices.write().acquire(wait)) { // alone
            done.accept("written with " + writing.token());
        }
        CountingSemaphore printers = locks.semaphore("printers", 3);
        try (Permit printer = printers.acquire(wait)) { // one of three, among all processes
            printer.check();
            done.accept("printed");
        }
        try (MultiHold both = locks.multiLock(List.of("sku:4711", "sku:4712")).acquire(wait)) {
            done.accept("moved, under " + both.token("sku:4711") + " and " + both.token("sku:4712"));
        }
        // shared ends
    }

    static LeaderElection election(LockClient locks, Consumer<String> done) {
        // election begins
        LeaderElection election = LeaderElection.stand(locks, "nightly-report", term -> {
            done.accept("leading with token " + term.token());
            while (!Thread.currentThread().isInterrupted()) { // interrupted when the lock is lost
                Thread.sleep(100);
            }
        });
        // election ends
        return election;
    }

    static void admin(LockClient locks, Consumer<String> done) throws InterruptedException {
        // admin begins
        LockAdmin admin = locks.admin();
        for (String name : admin.list("sku:", 100)) {
            admin.inspect(name).ifPresent(status -> done.accept(name + " is held by " + status.holder()));
        }
        admin.forceRelease("sku:4711", "its process hangs").ifPresent(was -> done.accept("free soon"));
        // admin ends
    }
}
