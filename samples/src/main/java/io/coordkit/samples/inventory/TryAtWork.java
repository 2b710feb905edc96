package io.coordkit.samples.inventory;

import io.coordkit.lock.Hold;
import io.coordkit.lock.MultiHold;
import io.coordkit.samples.proto.Line;
import java.util.Map;

/**
 * What a try brings along when its business code runs: the locks it holds, and ids for its reservation rows. Both are
 * taken before the local transaction begins, so that no database connection waits for Redis.
 *
 * @param holds of its products, by {@link #lockOf}
 * @param ids by SKU
 */
record TryAtWork(MultiHold holds, Map<String, Long> ids) {

    /** The name of the lock that guards a product. */
    static String lockOf(String sku) {
        return "product:" + sku;
    }

    Hold hold(Line line) {
        return holds.hold(lockOf(line.getSku()));
    }

    long id(Line line) {
        Long id = ids.get(line.getSku());
        if (id == null) {
            throw new IllegalStateException("No id was taken for " + line.getSku() + ", only for " + ids.keySet());
        }
        return id;
    }
}
