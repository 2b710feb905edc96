package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.TooLate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.KeeperException;

/** Looks at the nodes behind the locks, and lays hands on them. */
final class Nodes {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Nodes() {}

    /** A started client of its own, whose session is there, lest it is taken for one that came later. */
    static CuratorFramework curator(String servers, Duration session) {
        CuratorFramework curator = CuratorFrameworkFactory.builder()
                .connectString(servers)
                .sessionTimeoutMs((int) session.toMillis())
                .connectionTimeoutMs(5_000)
                .ensembleTracker(false)
                .retryPolicy(new RetryNTimes(20, 200))
                .build();
        curator.start();
        try {
            if (!curator.blockUntilConnected((int) PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                curator.close();
                throw new TooLate("There is no session on " + servers, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return curator;
    }

    /** The queue of that lock in order; empty if there is none. */
    static List<String> queue(CuratorFramework curator, String name) {
        return children(curator, ZooKeeperPaths.queue(name)).stream()
                .sorted((one, other) -> one.substring(one.indexOf('_')).compareTo(other.substring(other.indexOf('_'))))
                .toList();
    }

    static List<String> children(CuratorFramework curator, String path) {
        try {
            return curator.getChildren().forPath(path);
        } catch (KeeperException.NoNodeException none) {
            return List.of();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Deletes the first in the queue of the mutex of that name, and all in that of the read-write lock. */
    static void deleteHolder(CuratorFramework curator, String name) {
        String shared = ZooKeeperPaths.sharedQueue(name);
        Stream.concat(
                        queue(curator, name).stream().limit(1).map(holder -> ZooKeeperPaths.queue(name) + "/" + holder),
                        children(curator, shared).stream().map(place -> shared + "/" + place))
                .forEach(path -> delete(curator, path));
    }

    private static void delete(CuratorFramework curator, String path) {
        try {
            curator.delete().forPath(path);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until that is so. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(deadline, what);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
