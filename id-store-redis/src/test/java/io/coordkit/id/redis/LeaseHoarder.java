package io.coordkit.id.redis;

import io.coordkit.id.WorkerLeaseSource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A process of its own that takes worker numbers and keeps them until it is killed: URI, tag, of how many, how many. */
final class LeaseHoarder {
    private LeaseHoarder() {}

    public static void main(String[] args) throws InterruptedException {
        WorkerLeaseSource source = RedisIds.workers(args[0]);
        for (int i = 0; i < Integer.parseInt(args[3]); i++) {
            source.acquire(args[1], Integer.parseInt(args[2]), Duration.parse(args[4]));
            System.out.println(i + 1);
        }
        new CountDownLatch(1).await();
    }
}
