package io.coordkit.id.segment;

import io.coordkit.id.IdGenerator;

/** A generator whose ids can be fetched before the first is asked for. */
interface PrefetchedIds extends IdGenerator {
    /** Has a range fetched, without waiting for it. */
    void prefetch();
}
