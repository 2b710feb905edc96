package io.coordkit.id.etcd;

import io.coordkit.id.RangeAllocator;
import io.etcd.jetcd.Client;

/**
 * etcd, 3.4 or later, as the store of worker leases and ranges of ids, through jetcd.
 *
 * <p><b>Ranges, promised:</b> no id is in two of them, they ascend, have the size wished for, and unused ends go back. Not
 * promised: anything after a key was deleted or an old backup restored. Key layout, version 1: {@code ck/ids/r/TAG}, the
 * last id given out, in decimal.
 */
public final class EtcdIds {
    private static final int MAX_STEP = 1_000_000_000;

    private EtcdIds() {}

    /**
     * Ranges over the caller's own jetcd client, which the caller closes.
     *
     * @param step how many ids a range has, unless more are wished for; 1 to 1,000,000,000
     */
    public static RangeAllocator ranges(Client client, int step) {
        if (step < 1 || step > MAX_STEP) {
            throw new IllegalArgumentException("step must be between 1 and " + MAX_STEP + ", was " + step);
        }
        return new EtcdRanges(client, step, () -> {});
    }
}
