package io.coordkit.id.etcd;

import io.coordkit.BackendUnreachableException;
import io.coordkit.id.WorkerGuarantee;
import io.coordkit.id.WorkerGuarantees;
import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records of worker numbers in etcd, each with a second key that hangs on the owner's lease. The lease is kept alive by
 * renewals alone, so that it ends when they do. Thread-safe.
 */
final class EtcdWorkers implements WorkerRecords {
    private static final String RECORDS = "ck/ids/w/";
    private static final String OWNERS = "ck/ids/l/";
    private static final char END_OF_TAG = '\0';
    private static final Duration CALL_LIMIT = Duration.ofSeconds(5);
    private static final Duration FIRST_CALL_LIMIT = Duration.ofSeconds(20);
    private static final WorkerGuarantees GUARANTEES = guaranteed();

    private final Map<String, Long> leases = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Client client;
    private final Runnable onClose;
    private final Instant openedAt;
    private final long openedTicks;
    private final LongSupplier ticker;

    private EtcdWorkers(Client client, Runnable onClose, InstantSource wallClock, LongSupplier ticker) {
        this.client = client;
        this.onClose = onClose;
        this.ticker = ticker;
        this.openedAt = wallClock.instant();
        this.openedTicks = ticker.getAsLong();
    }

    /** The records, once etcd has answered. */
    static EtcdWorkers over(Client client, Runnable onClose, InstantSource wallClock, LongSupplier ticker) {
        EtcdWorkers records = new EtcdWorkers(client, onClose, wallClock, ticker);
        var unused = await("first read", client.getKVClient().get(key(RECORDS, "", "")), FIRST_CALL_LIMIT);
        return records;
    }

    private static WorkerGuarantees guaranteed() {
        String kept = "as long as etcd keeps its data";
        return new WorkerGuarantees(
                "etcd",
                Map.of(
                        WorkerGuarantee.EXCLUSIVE, kept,
                        WorkerGuarantee.ZOMBIE_SAFE, kept,
                        WorkerGuarantee.RESTART_SAFE, kept));
    }

    @Override
    public WorkerGuarantees guarantees() {
        return GUARANTEES;
    }

    @Override
    public Records readAll(String tag, Duration window) {
        GetOption all = GetOption.builder().isPrefix(true).build();
        return records(await(
                "read",
                client.getKVClient()
                        .txn()
                        .Then(Op.get(key(RECORDS, tag, ""), all), Op.get(key(OWNERS, tag, ""), all))
                        .commit()));
    }

    @Override
    public Records read(String tag, int worker, Duration window) {
        String number = Integer.toString(worker);
        return records(await(
                "read",
                client.getKVClient()
                        .txn()
                        .Then(
                                Op.get(key(RECORDS, tag, number), GetOption.DEFAULT),
                                Op.get(key(OWNERS, tag, number), GetOption.DEFAULT))
                        .commit()));
    }

    private Records records(TxnResponse reply) {
        Set<Integer> taken = new HashSet<>();
        reply.getGetResponses().get(1).getKvs().forEach(owner -> taken.add(number(owner)));
        List<Entry> entries = reply.getGetResponses().get(0).getKvs().stream()
                .map(record -> entry(record, taken))
                .toList();
        Instant now = openedAt.plusNanos(ticker.getAsLong() - openedTicks).truncatedTo(ChronoUnit.MILLIS);
        return new Records(now, entries);
    }

    private static Entry entry(KeyValue stored, Set<Integer> taken) {
        String text = stored.getValue().toString(StandardCharsets.UTF_8);
        int blank = text.indexOf(' ');
        Instant until = Instant.ofEpochMilli(Long.parseLong(text.substring(blank + 1)));
        int worker = number(stored);
        return new Entry(worker, new WorkerRecord(text.substring(0, blank), until), taken.contains(worker), until);
    }

    private static int number(KeyValue stored) {
        String key = stored.getKey().toString(StandardCharsets.UTF_8);
        return Integer.parseInt(key.substring(key.indexOf(END_OF_TAG) + 1));
    }

    @Override
    public boolean replace(
            String tag,
            int worker,
            @Nullable WorkerRecord expected,
            WorkerRecord next,
            Instant readAt,
            Duration window) {
        String number = Integer.toString(worker);
        ByteSequence recordKey = key(RECORDS, tag, number);
        ByteSequence ownerKey = key(OWNERS, tag, number);
        Cmp unchanged = expected == null
                ? new Cmp(recordKey, Cmp.Op.EQUAL, CmpTarget.createRevision(0))
                : new Cmp(recordKey, Cmp.Op.EQUAL, CmpTarget.value(value(expected)));
        Op write = Op.put(recordKey, value(next), PutOption.DEFAULT);
        Op own;
        if (next.owner().equals(WorkerRecord.NOBODY)) {
            own = Op.delete(ownerKey, DeleteOption.DEFAULT);
        } else {
            PutOption underLease =
                    PutOption.builder().withLeaseId(lease(next.owner(), window)).build();
            own = Op.put(ownerKey, ByteSequence.from(next.owner(), StandardCharsets.UTF_8), underLease);
        }
        boolean written;
        try {
            written = await(
                            "write",
                            client.getKVClient()
                                    .txn()
                                    .If(unchanged)
                                    .Then(write, own)
                                    .commit())
                    .isSucceeded();
        } catch (LeaseGone gone) { // for so long has this process stood still
            leases.remove(next.owner());
            return false;
        }
        if (next.owner().equals(WorkerRecord.NOBODY) && expected != null) {
            forget(expected.owner());
        } else if (!written && (expected == null || !expected.owner().equals(next.owner()))) {
            forget(next.owner());
        }
        return written;
    }

    /** The owner's lease, alive for a window from now on: the one it has, if that lives, or else a new one. */
    private long lease(String owner, Duration window) {
        Long known = leases.get(owner);
        if (known != null) {
            try {
                // 0 seconds left is how etcd says that there is no such lease.
                if (await("keep-alive", client.getLeaseClient().keepAliveOnce(known))
                                .getTTL()
                        > 0) {
                    return known;
                }
            } catch (LeaseGone gone) {
                leases.remove(owner);
            }
        }
        long seconds = window.plusSeconds(1).minusNanos(1).toSeconds();
        long granted = await("lease", client.getLeaseClient().grant(seconds)).getID();
        leases.put(owner, granted);
        return granted;
    }

    /** Gives a lease back that nothing hangs on, or lets it expire. */
    private void forget(String owner) {
        Long lease = leases.remove(owner);
        if (lease != null) {
            var unused = client.getLeaseClient().revoke(lease);
        }
    }

    private static <T> T await(String what, CompletableFuture<T> call) {
        return await(what, call, CALL_LIMIT);
    }

    private static <T> T await(String what, CompletableFuture<T> call, Duration limit) {
        try {
            return call.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (String.valueOf(e.getCause()).contains("lease not found")) {
                throw new LeaseGone(e);
            }
            throw new BackendUnreachableException("etcd did not answer a " + what + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new BackendUnreachableException("etcd did not answer a " + what + " within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackendUnreachableException("interrupted during a " + what + " at etcd", e);
        }
    }

    private static ByteSequence key(String kind, String tag, String number) {
        return ByteSequence.from(kind + tag + END_OF_TAG + number, StandardCharsets.UTF_8);
    }

    private static ByteSequence value(WorkerRecord record) {
        return ByteSequence.from(record.owner() + " " + record.reservedUntil().toEpochMilli(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }

    /** The lease of an owner has ended. */
    private static final class LeaseGone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LeaseGone(Throwable cause) {
            super("the lease is gone from etcd", cause);
        }
    }
}
