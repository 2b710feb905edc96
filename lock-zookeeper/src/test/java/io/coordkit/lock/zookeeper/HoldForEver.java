package io.coordkit.lock.zookeeper;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A process that takes a lock, prints its token, and holds it until it is killed. */
final class HoldForEver {
    private HoldForEver() {}

    public static void main(String[] arguments) throws InterruptedException {
        LockOptions options = LockOptions.DEFAULTS.withTtl(Duration.parse(arguments[2]));
        LockClient locks = ZooKeeperLocks.connect(arguments[0], options, CoordObserver.NONE);
        System.out.println(
                locks.mutex(arguments[1]).acquire(Duration.ofSeconds(20)).token());
        new CountDownLatch(1).await();
    }
}
