package io.coordkit.id.etcd;

import io.coordkit.BackendUnreachableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.etcd.jetcd.Client;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * etcd, 3.4 or later, as the store of worker leases and ranges of ids, through jetcd.
 *
 * <p><b>Worker numbers, promised:</b> a number has one owner at a time, and a dead owner's is free after its lease by
 * etcd's clock; a zombie and a restarted generator repeat no id. That holds whatever the machines' clocks say: where an
 * owner begins is decided by the record that the one before it has left, not by a clock.
 *
 * <p><b>Not promised:</b> {@code STORE_CLOCK}, for etcd tells nobody the time. What a window is counted from is the wall
 * clock of the machine when the source was opened, plus monotonic time. So the times in ids are that machine's; one whose
 * clock is fast by more than a window leaves a number that others do not use until they have caught up; and a record
 * that was lost with etcd's data is only safe if the machines' clocks agree within a window. Restored from a backup,
 * etcd must not be used before all generators have been stopped for a window.
 *
 * <p><b>Ranges, promised:</b> no id is in two of them, they ascend, have the size wished for, and unused ends go back. Not
 * promised: anything after a key was deleted or an old backup restored.
 *
 * <p>Thread-safe. Key layout, version 1: {@code ck/ids/w/TAG\0NUMBER -> OWNER RESERVED_UNTIL}, and with the owner's lease
 * {@code ck/ids/l/TAG\0NUMBER -> OWNER}; {@code ck/ids/r/TAG}, the last id given out, in decimal.
 */
public final class EtcdIds {
    private static final int MAX_STEP = 1_000_000_000;

    private EtcdIds() {}

    /**
     * Worker numbers over the caller's own client, which the caller closes.
     *
     * @throws io.coordkit.BackendUnreachableException if etcd does not answer
     */
    public static WorkerLeaseSource workers(Client client) {
        return WorkerLeases.on(EtcdWorkers.over(client, () -> {}, InstantSource.system(), System::nanoTime));
    }

    /**
     * Worker numbers over a connection of their own, closed with the source.
     *
     * @param uri {@code etcd://[user:password@]host[:port][,host[:port]...]}, or {@code etcds://} for TLS
     * @param trusted a PEM file of certificates to trust instead of the platform's
     * @throws io.coordkit.ConfigurationException if the URI is malformed
     * @throws io.coordkit.BackendUnreachableException if etcd does not answer
     */
    public static WorkerLeaseSource workers(String uri, Optional<Path> trusted) {
        Client client = EtcdConnection.open(uri, trusted);
        try {
            return WorkerLeases.on(EtcdWorkers.over(client, client::close, InstantSource.system(), System::nanoTime));
        } catch (BackendUnreachableException e) {
            client.close();
            throw new BackendUnreachableException(EtcdConnection.place(uri) + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /**
     * Ranges over the caller's own client, which the caller closes.
     *
     * @param step how many ids a range has, unless more are wished for; 1 to 1,000,000,000
     */
    public static RangeAllocator ranges(Client client, int step) {
        return ranges(client, step, () -> {});
    }

    static RangeAllocator ranges(Client client, int step, Runnable onClose) {
        if (step < 1 || step > MAX_STEP) {
            throw new IllegalArgumentException("step must be between 1 and " + MAX_STEP + ", was " + step);
        }
        return new EtcdRanges(client, step, onClose);
    }
}
