package io.coordkit.id.zookeeper;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.id.WorkerGuarantee;
import io.coordkit.id.WorkerGuarantees;
import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Records of worker numbers as nodes, each with an ephemeral node of its owner's session beside it. The store's clock is
 * the time at which the leader carries out a write: so every reading begins with one. Thread-safe.
 */
final class ZooKeeperWorkers implements WorkerRecords {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final byte[] NO_DATA = new byte[0]; // Curator's default is the client's address
    private static final WorkerGuarantees GUARANTEES = guaranteed();

    private final CuratorFramework curator;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ZooKeeperWorkers(CuratorFramework curator, Runnable onClose) {
        this.curator = curator;
        this.onClose = onClose;
    }

    /** The records, once ZooKeeper has answered. */
    static ZooKeeperWorkers over(CuratorFramework curator, Runnable onClose) {
        if (curator.getState() != CuratorFrameworkState.STARTED) {
            throw new ConfigurationException(
                    "The CuratorFramework must be started and not closed, is " + curator.getState());
        }
        ask("connection", () -> {
            if (!curator.blockUntilConnected((int) CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BackendUnreachableException(
                        "ZooKeeper at " + curator.getZookeeperClient().getCurrentConnectionString()
                                + " did not answer within " + CONNECT_TIMEOUT,
                        null);
            }
            return curator;
        });
        return new ZooKeeperWorkers(curator, onClose);
    }

    private static WorkerGuarantees guaranteed() {
        String kept = "as long as the ensemble keeps its data";
        return new WorkerGuarantees(
                "zookeeper",
                Map.of(
                        WorkerGuarantee.EXCLUSIVE, kept,
                        WorkerGuarantee.ZOMBIE_SAFE, kept,
                        WorkerGuarantee.RESTART_SAFE, kept,
                        WorkerGuarantee.STORE_CLOCK, "the leader's; after an election it may be another"));
    }

    @Override
    public WorkerGuarantees guarantees() {
        return GUARANTEES;
    }

    @Override
    public Records readAll(String tag, Duration window) {
        WorkerPaths paths = new WorkerPaths(tag);
        return ask("reading", () -> {
            Instant now = touch(paths);
            Map<Integer, WorkerRecord> records = new TreeMap<>();
            for (String number : curator.getChildren().forPath(paths.records())) {
                int worker = Integer.parseInt(number);
                stored(paths, worker).ifPresent(stored -> records.put(worker, stored.record));
            }
            // After the records: who has taken a number since is seen as its owner, and the record has changed.
            Set<String> owned = Set.copyOf(curator.getChildren().forPath(paths.owners()));
            return new Records(
                    now,
                    records.entrySet().stream()
                            .map(each -> entry(
                                    each.getKey(),
                                    each.getValue(),
                                    owned.contains(each.getKey().toString()),
                                    now))
                            .toList());
        });
    }

    @Override
    public Records read(String tag, int worker, Duration window) {
        WorkerPaths paths = new WorkerPaths(tag);
        return ask("reading", () -> {
            Instant now = touch(paths);
            boolean owned = curator.checkExists().forPath(paths.owner(worker)) != null;
            return new Records(
                    now,
                    stored(paths, worker).stream()
                            .map(stored -> entry(worker, stored.record, owned, now))
                            .toList());
        });
    }

    private static Entry entry(int worker, WorkerRecord record, boolean owned, Instant now) {
        boolean taken = owned && !now.isAfter(record.reservedUntil());
        return new Entry(worker, record, taken, record.reservedUntil());
    }

    @Override
    public boolean replace(
            String tag,
            int worker,
            @Nullable WorkerRecord expected,
            WorkerRecord next,
            Instant readAt,
            Duration window) {
        WorkerPaths paths = new WorkerPaths(tag);
        return ask("write", () -> {
            Optional<Stored> found = stored(paths, worker);
            if (!found.map(Stored::record).equals(Optional.ofNullable(expected))) {
                return false;
            }
            byte[] data = WorkerPaths.data(next);
            List<CuratorOp> together = new ArrayList<>();
            together.add(
                    found.isPresent()
                            ? curator.transactionOp()
                                    .setData()
                                    .withVersion(found.get().version)
                                    .forPath(paths.record(worker), data)
                            : curator.transactionOp().create().forPath(paths.record(worker), data));
            together.addAll(ownership(paths.owner(worker), expected, next));
            try {
                curator.transaction().forOperations(together);
                return true;
            } catch (KeeperException.BadVersionException
                    | KeeperException.NodeExistsException
                    | KeeperException.NoNodeException changed) {
                return false;
            }
        });
    }

    /** What has to be done to the owner's node: it must hang on this session and nobody else's. */
    private List<CuratorOp> ownership(String path, @Nullable WorkerRecord expected, WorkerRecord next)
            throws Exception {
        Stat node = curator.checkExists().forPath(path);
        boolean nobody = next.owner().equals(WorkerRecord.NOBODY);
        boolean renewal = expected == null || expected.owner().equals(next.owner());
        long session = curator.getZookeeperClient().getZooKeeper().getSessionId();
        if (node != null && !nobody && renewal && node.getEphemeralOwner() == session) {
            return List.of();
        }
        List<CuratorOp> operations = new ArrayList<>();
        if (node != null) {
            operations.add(curator.transactionOp().delete().forPath(path));
        }
        if (!nobody) {
            operations.add(curator.transactionOp()
                    .create()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(path, next.owner().getBytes(StandardCharsets.UTF_8)));
        }
        return operations;
    }

    /** A record with the version of its node. */
    private record Stored(WorkerRecord record, int version) {}

    private Optional<Stored> stored(WorkerPaths paths, int worker) throws Exception {
        try {
            Stat stat = new Stat();
            byte[] data = curator.getData().storingStatIn(stat).forPath(paths.record(worker));
            return Optional.of(new Stored(WorkerPaths.record(data), stat.getVersion()));
        } catch (KeeperException.NoNodeException none) {
            return Optional.empty();
        }
    }

    /** The leader's clock; and this connection's server has seen everything that was written before. */
    private Instant touch(WorkerPaths paths) throws Exception {
        try {
            return Instant.ofEpochMilli(
                    curator.setData().forPath(paths.clock(), NO_DATA).getMtime());
        } catch (KeeperException.NoNodeException first) {
            for (String path : List.of(paths.clock(), paths.records(), paths.owners())) {
                try {
                    curator.create().creatingParentsIfNeeded().forPath(path, NO_DATA);
                } catch (KeeperException.NodeExistsException faster) {
                    // It is there, which is all that is wanted.
                }
            }
            return Instant.ofEpochMilli(
                    curator.setData().forPath(paths.clock(), NO_DATA).getMtime());
        }
    }

    private interface Question<T> {
        T answer() throws Exception;
    }

    private static <T> T ask(String what, Question<T> question) {
        try {
            return question.answer();
        } catch (BackendUnreachableException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackendUnreachableException("interrupted during a " + what + " at ZooKeeper", e);
        } catch (Exception e) { // as wide as Curator declares it
            throw new BackendUnreachableException("ZooKeeper did not answer a " + what + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }
}
