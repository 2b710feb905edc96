package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.lock.fault.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.junit.jupiter.api.Tag;

/** The peer under the same faults: Curator's InterProcessMutex, with a session as long as the TTL. */
@Tag("soak")
class CuratorFaultTest extends ZooKeeperFaultTest {

    /** None is fair on demand. */
    @Override
    protected List<LockFault> faults() {
        return LockFaults.OF_ONE_SERVER;
    }

    @Override
    protected String lockName() {
        return "Curator InterProcessMutex";
    }

    @Override
    protected Class<? extends Subject> subject() {
        return CuratorSubject.class;
    }

    /** Curator as its manual shows it. */
    public static final class CuratorSubject implements Subject {
        @Override
        public Locker open(String address, Duration ttl, String name) throws InterruptedException {
            CuratorFramework curator = CuratorFrameworkFactory.builder()
                    .connectString(address.substring("zk://".length()))
                    .sessionTimeoutMs((int) ttl.toMillis())
                    .connectionTimeoutMs((int) ttl.toMillis())
                    .retryPolicy(new ExponentialBackoffRetry(100, 3))
                    .build();
            curator.start();
            curator.blockUntilConnected();
            InterProcessMutex mutex = new InterProcessMutex(curator, "/peer/" + name);
            return new Locker() {
                @Override
                public Optional<Held> acquire(Duration wait) throws Exception {
                    return mutex.acquire(wait.toMillis(), TimeUnit.MILLISECONDS)
                            ? Optional.of(Held.withoutToken(mutex::isAcquiredInThisProcess, () -> release(mutex)))
                            : Optional.empty();
                }

                @Override
                public void close() {
                    curator.close();
                }
            };
        }
    }

    private static void release(InterProcessMutex mutex) {
        try {
            mutex.release();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
