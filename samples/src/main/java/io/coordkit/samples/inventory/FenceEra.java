package io.coordkit.samples.inventory;

import io.coordkit.samples.service.LockChoice;
import io.coordkit.samples.service.LockStore;
import io.coordkit.samples.service.Tables;
import io.coordkit.sql.SqlErrors;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The era of the lock store in use, for the product rows keep the tokens of the stores before it and tokens of two
 * stores do not compare. It is kept beside those rows and raised, before the first lock is used, whenever the store is
 * another one than last time.
 */
final class FenceEra {
    private static final Logger log = LoggerFactory.getLogger(FenceEra.class);

    /** The store before the first one. */
    private static final String NONE = "none";

    private record Known(String store, int era) {}

    private FenceEra() {}

    /**
     * The era to fence with from now on.
     *
     * @param atLeast the lowest era wanted, 0 or greater; for a store whose data were lost under the same address
     */
    static int enter(DataSource database, LockChoice locks, int atLeast) {
        String store = identity(locks);
        Jdbi jdbi = Jdbi.create(database);
        Tables.ensure(database, FenceEra.class, "lock_store");
        seed(jdbi);
        return jdbi.inTransaction(handle -> {
            Known last = last(handle);
            boolean same = last.store().equals(store);
            int era = Math.max(atLeast, same ? last.era() : last.era() + 1);
            handle.execute("UPDATE lock_store SET store = ?, era = ? WHERE id = 1", store, era);
            if (!same && !last.store().equals(NONE)) {
                log.info("The lock store is another one than last time; tokens are fenced in era {} from now on", era);
            }
            return era;
        });
    }

    /** The only row is there from then on; whoever runs this service on the same database waits for it. */
    private static void seed(Jdbi jdbi) {
        try {
            jdbi.useHandle(handle -> handle.execute("INSERT INTO lock_store (id, store, era) VALUES (1, ?, 0)", NONE));
        } catch (JdbiException e) {
            if (!SqlErrors.isDuplicateKey(e)) {
                throw e;
            }
        }
    }

    private static Known last(Handle handle) {
        return handle.createQuery("SELECT store, era FROM lock_store WHERE id = 1 FOR UPDATE")
                .map((row, context) -> new Known(row.getString("store"), row.getInt("era")))
                .one();
    }

    /** What tells one store from another: one in memory is a new one at each start. Never with a password. */
    private static String identity(LockChoice locks) {
        return locks.store() == LockStore.MEMORY
                ? locks.store() + " " + UUID.randomUUID()
                : locks.address().replaceFirst("//[^/]*@", "//");
    }
}
