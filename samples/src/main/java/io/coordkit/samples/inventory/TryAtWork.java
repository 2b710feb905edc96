package io.coordkit.samples.inventory;

import io.coordkit.lock.Hold;
import io.coordkit.samples.proto.Line;
import java.util.Map;

/**
 * What a try brings along when its business code runs: the locks it holds, and ids for its reservation rows. Both are
 * taken before the local transaction begins, so that no database connection waits for Redis.
 *
 * @param holds by SKU
 * @param ids by SKU
 */
record TryAtWork(Map<String, Hold> holds, Map<String, Long> ids) {

    Hold hold(Line line) {
        return of(holds, line.getSku());
    }

    long id(Line line) {
        return of(ids, line.getSku());
    }

    private static <V> V of(Map<String, V> map, String sku) {
        V value = map.get(sku);
        if (value == null) {
            throw new IllegalStateException("Nothing was taken for " + sku + ", only for " + map.keySet());
        }
        return value;
    }
}
