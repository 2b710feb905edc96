package io.coordkit.txn.core;

import io.coordkit.sql.SqlDialect;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import io.coordkit.txn.spi.UnreadableEntryException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements about coordinators, and about who carries out what. */
final class LeaseTable {
    static final String NAME = "coordkit_txn_coordinator";

    private static final String ABANDONED = "t.state < 3 AND t.attention = 0 AND NOT EXISTS (";
    private static final Logger logger = LoggerFactory.getLogger(LeaseTable.class);

    private final String now;
    private final String update;
    private final String alive;

    LeaseTable(SqlDialect dialect) {
        now = dialect.nowMillis();
        update = "UPDATE " + NAME + " SET start = :start, coordinator = :coordinator, until_ms = " + now
                + " + :lease WHERE name = :name";
        alive = "SELECT 1 FROM " + NAME + " c WHERE c.coordinator = ";
    }

    /** Call in a transaction. */
    CoordinatorLease join(Handle handle, String name, Duration lease) {
        Optional<Long> last = handle.createQuery("SELECT start FROM " + NAME + " WHERE name = :name FOR UPDATE")
                .bind("name", name)
                .mapTo(Long.class)
                .findOne();
        // The clock keeps a name whose row was deleted from ever being given the same start again.
        long start = Math.max(last.orElse(0L) + 1, now(handle).toEpochMilli());
        String coordinator = name + "/" + start;
        String write = last.isPresent()
                ? update
                : "INSERT INTO " + NAME + " (name, start, coordinator, until_ms) VALUES (:name, :start, :coordinator, "
                        + now + " + :lease)";
        handle.createUpdate(write)
                .bind("name", name)
                .bind("start", start)
                .bind("coordinator", coordinator)
                .bind("lease", lease.toMillis())
                .execute();
        return read(handle, coordinator).orElseThrow();
    }

    Optional<CoordinatorLease> renew(Handle handle, String coordinator, Duration lease) {
        int updated = handle.createUpdate("UPDATE " + NAME + " SET until_ms = " + now
                        + " + :lease WHERE coordinator = :coordinator AND until_ms > 0")
                .bind("coordinator", coordinator)
                .bind("lease", lease.toMillis())
                .execute();
        return updated == 0 ? Optional.empty() : read(handle, coordinator);
    }

    private Optional<CoordinatorLease> read(Handle handle, String coordinator) {
        return handle.createQuery(
                        "SELECT until_ms, " + now + " AS now_ms FROM " + NAME + " WHERE coordinator = :coordinator")
                .bind("coordinator", coordinator)
                .map((rows, context) -> new CoordinatorLease(
                        coordinator,
                        Instant.ofEpochMilli(rows.getLong("now_ms")),
                        Instant.ofEpochMilli(rows.getLong("until_ms"))))
                .findOne();
    }

    static void leave(Handle handle, String coordinator) {
        handle.createUpdate("UPDATE " + NAME + " SET until_ms = 0 WHERE coordinator = :coordinator")
                .bind("coordinator", coordinator)
                .execute();
    }

    /** Whether that transaction may still be decided by whoever began it. */
    boolean canBeExpected(Handle handle, TxnProposal abort) {
        return handle.createQuery(alive + ":coordinator AND c.until_ms > " + now + " AND :deadline > " + now)
                .bind("coordinator", abort.coordinator())
                .bind("deadline", abort.deadline().toEpochMilli())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    List<String> abandoned(Handle handle, int limit) {
        return handle.createQuery("SELECT t.gid FROM " + LogTable.NAME + " t WHERE " + ABANDONED + alive
                        + "t.coordinator AND c.until_ms > " + now + ") ORDER BY t.decided_ms, t.gid LIMIT :limit")
                .bind("limit", limit)
                .mapTo(String.class)
                .list();
    }

    /**
     * Call in a transaction: the row is locked, read, and written only if it could be read and is still abandoned.
     *
     * @return empty if there is nothing to claim any more, or it cannot be read
     */
    Optional<TxnRecord> claim(Handle handle, String coordinator, String gid) {
        return take(handle, coordinator, gid, ABANDONED + alive + "t.coordinator AND c.until_ms > " + now + ")");
    }

    /** The same of one that needs attention. */
    static Optional<TxnRecord> retry(Handle handle, String coordinator, String gid) {
        return take(handle, coordinator, gid, "t.state < 3 AND t.attention = 1");
    }

    private static Optional<TxnRecord> take(Handle handle, String coordinator, String gid, String which) {
        try {
            Optional<TxnRecord> found = handle.createQuery("SELECT t.gid, t.format, t.state, t.epoch, t.coordinator,"
                            + " t.reason, t.deadline_ms, t.branches FROM " + LogTable.NAME
                            + " t WHERE t.gid = :gid AND " + which + " FOR UPDATE")
                    .bind("gid", gid)
                    .map((rows, context) -> LogRow.record(rows))
                    .findOne();
            found.ifPresent(was -> handle.createUpdate("UPDATE " + LogTable.NAME
                            + " SET coordinator = :coordinator, epoch = epoch + 1, attention = 0, note = ''"
                            + " WHERE gid = :gid")
                    .bind("coordinator", coordinator)
                    .bind("gid", gid)
                    .execute());
            return found.map(was -> new TxnRecord(
                    was.gid(),
                    was.state(),
                    was.reason(),
                    was.epoch() + 1,
                    coordinator,
                    was.deadline(),
                    was.branches()));
        } catch (UnreadableEntryException e) {
            logger.error("It stays unfinished until a version that can read it starts", e);
            return Optional.empty();
        }
    }

    void purge(Handle handle, Duration retention) {
        handle.createUpdate("DELETE FROM " + NAME + " WHERE until_ms < " + now + " - :retention")
                .bind("retention", retention.toMillis())
                .execute();
    }

    Instant now(Handle handle) {
        return Instant.ofEpochMilli(
                handle.createQuery("SELECT " + now).mapTo(Long.class).one());
    }
}
