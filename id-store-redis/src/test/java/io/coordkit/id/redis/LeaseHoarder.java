package io.coordkit.id.redis;

import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLease;
import io.coordkit.id.WorkerLeaseSource;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A process of its own that takes worker numbers and renews them until it is killed: URI, tag, of how many, how many,
 * window.
 */
final class LeaseHoarder {
    private static final int THREADS = 4;

    private LeaseHoarder() {}

    public static void main(String[] args) {
        WorkerLeaseSource source = RedisIds.workers(args[0]);
        int workers = Integer.parseInt(args[2]);
        Duration window = Duration.parse(args[4]);
        int each = Integer.parseInt(args[3]) / THREADS;
        IntStream.range(0, THREADS)
                .mapToObj(i -> new Thread(() -> hoard(source, args[1], workers, each, window), "hoarder-" + i))
                .forEach(Thread::start);
    }

    private static void hoard(WorkerLeaseSource source, String tag, int workers, int count, Duration window) {
        @Nullable WorkerLease[] leases = new WorkerLease[count];
        while (true) {
            for (int i = 0; i < count; i++) {
                WorkerLease lease = leases[i];
                try {
                    if (lease == null) {
                        leases[i] = source.acquire(tag, workers, window);
                    } else {
                        lease.renew();
                    }
                } catch (IdUnavailableException lostOrNoneLeft) {
                    leases[i] = null;
                }
            }
        }
    }
}
