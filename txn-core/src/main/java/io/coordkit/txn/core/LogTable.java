package io.coordkit.txn.core;

import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.TransactionalLog.Work;
import io.coordkit.txn.spi.TransactionalLog.WorkFailedException;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * The statements about decisions. Each write is one statement, so that it is one round trip and one commit; what must be
 * atomic stands in its WHERE clause or in the primary key.
 */
final class LogTable {
    static final String NAME = "coordkit_txn_log";

    private static final String ALL = "gid, format, state, epoch, coordinator, reason, deadline_ms, branches";

    private static final String STATUS = "gid, state, reason, decided_ms, attention, note";

    private final String now;
    private final String insert;

    LogTable(SqlDialect dialect) {
        now = dialect.nowMillis();
        insert = "INSERT INTO " + NAME + " (gid, format, state, epoch, coordinator, reason, decided_ms, deadline_ms,"
                + " attention, note, branches) SELECT :gid, :format, :state, 1, :coordinator, :reason, " + now
                + ", :deadline, 0, '', :branches"
                + " FROM DUAL WHERE :state <> " + LogRow.COMMITTING + " OR :deadline > " + now;
    }

    TxnRecord decide(Handle handle, TxnProposal proposal) {
        try {
            TxnRecord mine = LogRow.newRecord(proposal);
            return insert(handle, mine) ? mine : decide(handle, proposal.aborting(LogRow.TOO_LATE));
        } catch (JdbiException e) {
            if (!SqlErrors.isDuplicateKey(e)) {
                throw e;
            }
            // A locking read: the row that was hit may be newer than what a plain one shows.
            return find(handle, proposal.gid(), " FOR UPDATE").orElseThrow(() -> e);
        }
    }

    /**
     * Does the work, and inserts the decision, in one transaction.
     *
     * @throws WorkFailedException if the work failed, unless it was contention; rolled back
     */
    TxnRecord decide(Handle handle, TxnProposal commit, Work work) throws SQLException {
        Optional<TxnRecord> standing = find(handle, commit.gid());
        if (standing.isPresent()) {
            return standing.get();
        }
        TxnRecord mine = LogRow.newRecord(commit);
        handle.begin();
        try {
            carryOut(work, handle, commit.gid());
            if (insert(handle, mine)) {
                handle.commit();
                return mine;
            }
        } catch (JdbiException e) {
            if (!SqlErrors.isDuplicateKey(e)) {
                throw e;
            }
        } finally {
            if (handle.isInTransaction()) {
                handle.rollback();
            }
        }
        return decide(handle, commit.aborting(LogRow.TOO_LATE));
    }

    private static void carryOut(Work work, Handle handle, String gid) throws SQLException {
        try {
            work.run(BorrowedConnection.of(handle.getConnection()));
        } catch (RuntimeException | SQLException e) {
            if (SqlErrors.isContention(e)) {
                throw new SQLTransactionRollbackException(e.getMessage(), "40001", e);
            }
            throw new WorkFailedException(gid, e);
        }
    }

    /** @return false if it is a commit, and too late */
    private boolean insert(Handle handle, TxnRecord entry) {
        return handle.createUpdate(insert)
                        .bind("gid", entry.gid())
                        .bind("format", LogRow.FORMAT)
                        .bind("state", LogRow.code(entry.state()))
                        .bind("coordinator", entry.coordinator())
                        .bind("reason", entry.reason())
                        .bind("deadline", entry.deadline().toEpochMilli())
                        .bind("branches", BranchCodec.encode(entry.branches()))
                        .execute()
                == 1;
    }

    static void finish(Handle handle, List<String> gids) {
        // Sorted: two coordinators that finish the same ones lock the rows in the same order.
        handle.createUpdate("UPDATE " + NAME + " SET state = state + 2 WHERE gid IN (<gids>) AND state IN (1, 2)")
                .bindList("gids", gids.stream().sorted().toList())
                .execute();
    }

    static Optional<TxnRecord> find(Handle handle, String gid) {
        return find(handle, gid, "");
    }

    private static Optional<TxnRecord> find(Handle handle, String gid, String lock) {
        return handle.createQuery("SELECT " + ALL + " FROM " + NAME + " WHERE gid = :gid" + lock)
                .bind("gid", gid)
                .map((rows, context) -> LogRow.record(rows))
                .findOne();
    }

    static Optional<TxnStatus> status(Handle handle, String gid) {
        return handle.createQuery("SELECT " + STATUS + " FROM " + NAME + " WHERE gid = :gid")
                .bind("gid", gid)
                .map((rows, context) -> LogRow.status(rows))
                .findOne();
    }

    static List<TxnStatus> unfinished(Handle handle, int limit) {
        return handle.createQuery(
                        "SELECT " + STATUS + " FROM " + NAME + " WHERE state < 3 ORDER BY decided_ms, gid LIMIT :limit")
                .bind("limit", limit)
                .map((rows, context) -> LogRow.status(rows))
                .list();
    }

    List<TxnStatus> list(Handle handle, Set<TxnState> states, Duration minAge, int limit) {
        return handle.createQuery("SELECT " + STATUS + " FROM " + NAME + " WHERE state IN (<states>) AND decided_ms <= "
                        + now + " - :age ORDER BY decided_ms, gid LIMIT :limit")
                .bindList("states", states.stream().map(LogRow::code).sorted().toList())
                .bind("age", minAge.toMillis())
                .bind("limit", limit)
                .map((rows, context) -> LogRow.status(rows))
                .list();
    }

    static void needAttention(Handle handle, String gid, String note) {
        handle.createUpdate("UPDATE " + NAME + " SET attention = 1, note = :note WHERE gid = :gid AND state IN (1, 2)")
                .bind("gid", gid)
                .bind("note", note)
                .execute();
    }

    static void finishByHand(Handle handle, String gid, String note) {
        handle.createUpdate("UPDATE " + NAME
                        + " SET state = state + 2, attention = 0, note = :note WHERE gid = :gid AND state IN (1, 2)")
                .bind("gid", gid)
                .bind("note", note)
                .execute();
    }

    int purge(Handle handle, Duration retention, int limit) {
        return handle.createUpdate(
                        "DELETE FROM " + NAME + " WHERE (state = 4 OR (state = 3 AND note = '')) AND decided_ms < "
                                + now + " - :retention AND deadline_ms < " + now + " LIMIT :limit")
                .bind("retention", retention.toMillis())
                .bind("limit", limit)
                .execute();
    }
}
