package io.coordkit.txn.core;

import io.coordkit.sql.SqlDialect;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnRecord;
import io.coordkit.txn.spi.UnreadableEntryException;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The statements of the log. Each write is one statement, so that it is one round trip and one commit; what must be
 * atomic stands in its WHERE clause.
 */
final class LogTable {
    static final String NAME = "coordkit_txn_log";

    private static final String TOO_LATE = "the deadline had passed before the decision";

    private final String insert;
    private final String commit;

    LogTable(SqlDialect dialect) {
        String now = dialect.nowMillis();
        insert = "INSERT INTO " + NAME + " (gid, format, state, epoch, reason, begun_ms, deadline_ms, branches)"
                + " VALUES (:gid, :format, 0, 1, '', " + now + ", " + now + " + :timeout, :branches)";
        commit = "UPDATE " + NAME + " SET state = 1 WHERE gid = :gid AND state = 0 AND deadline_ms > " + now;
    }

    void insert(Handle handle, String gid, Duration timeout, List<TxnBranch> branches) {
        handle.createUpdate(insert)
                .bind("gid", gid)
                .bind("format", BranchCodec.FORMAT)
                .bind("timeout", timeout.toMillis())
                .bind("branches", BranchCodec.encode(branches))
                .execute();
    }

    Decision decide(Handle handle, String gid, Decision proposed) {
        boolean won = proposed.isCommit() ? commit(handle, gid) : abort(handle, gid, proposed.reason());
        if (won) {
            return proposed;
        }
        Decision late = Decision.abort(TOO_LATE);
        if (proposed.isCommit() && abort(handle, gid, late.reason())) {
            return late;
        }
        TxnStatus status = status(handle, gid)
                .orElseThrow(() -> new TxnException("Transaction '" + gid + "' is not in the log", null));
        return switch (status.state()) {
            case COMMITTING, COMMITTED -> Decision.COMMIT;
            case ABORTING, ABORTED -> Decision.abort(status.reason());
            case ACTIVE -> throw new IllegalStateException("Transaction '" + gid + "' became undecided again");
        };
    }

    private boolean commit(Handle handle, String gid) {
        return handle.createUpdate(commit).bind("gid", gid).execute() == 1;
    }

    private static boolean abort(Handle handle, String gid, String reason) {
        return handle.createUpdate("UPDATE " + NAME + " SET state = 2, reason = :reason WHERE gid = :gid AND state = 0")
                        .bind("gid", gid)
                        .bind("reason", reason)
                        .execute()
                == 1;
    }

    static void finish(Handle handle, List<String> gids) {
        // Sorted: two coordinators that finish the same ones lock the rows in the same order.
        handle.createUpdate("UPDATE " + NAME + " SET state = state + 2 WHERE gid IN (<gids>) AND state IN (1, 2)")
                .bindList("gids", gids.stream().sorted().toList())
                .execute();
    }

    static Optional<TxnStatus> status(Handle handle, String gid) {
        return handle.createQuery("SELECT gid, state, reason, begun_ms FROM " + NAME + " WHERE gid = :gid")
                .bind("gid", gid)
                .map((rows, context) -> statusOf(rows))
                .findOne();
    }

    static List<TxnStatus> unfinished(Handle handle, int limit) {
        return handle.createQuery("SELECT gid, state, reason, begun_ms FROM " + NAME
                        + " WHERE state < 3 ORDER BY begun_ms, gid LIMIT :limit")
                .bind("limit", limit)
                .map((rows, context) -> statusOf(rows))
                .list();
    }

    /** Call in a transaction: the row is locked, read, and written only if it could be read. */
    static Optional<TxnRecord> takeOver(Handle handle, String gid) {
        Optional<TxnRecord> found = handle.createQuery("SELECT gid, format, state, reason, epoch, deadline_ms, branches"
                        + " FROM " + NAME + " WHERE gid = :gid FOR UPDATE")
                .bind("gid", gid)
                .map((rows, context) -> recordOf(rows))
                .findOne();
        if (found.isEmpty() || found.get().state().isFinished()) {
            return found;
        }
        TxnRecord was = found.get();
        handle.createUpdate("UPDATE " + NAME + " SET epoch = epoch + 1 WHERE gid = :gid")
                .bind("gid", gid)
                .execute();
        return Optional.of(
                new TxnRecord(was.gid(), was.state(), was.reason(), was.epoch() + 1, was.deadline(), was.branches()));
    }

    private static TxnStatus statusOf(ResultSet rows) throws SQLException {
        String gid = rows.getString("gid");
        Instant begun = Instant.ofEpochMilli(rows.getLong("begun_ms"));
        return new TxnStatus(gid, stateOf(gid, rows.getInt("state")), rows.getString("reason"), begun);
    }

    private static TxnRecord recordOf(ResultSet rows) throws SQLException {
        String gid = rows.getString("gid");
        try {
            return new TxnRecord(
                    gid,
                    stateOf(gid, rows.getInt("state")),
                    rows.getString("reason"),
                    rows.getLong("epoch"),
                    Instant.ofEpochMilli(rows.getLong("deadline_ms")),
                    BranchCodec.decode(rows.getInt("format"), rows.getBytes("branches")));
        } catch (IOException e) {
            throw new UnreadableEntryException(gid, String.valueOf(e.getMessage()), e);
        }
    }

    private static TxnState stateOf(String gid, int code) {
        return switch (code) {
            case 0 -> TxnState.ACTIVE;
            case 1 -> TxnState.COMMITTING;
            case 2 -> TxnState.ABORTING;
            case 3 -> TxnState.COMMITTED;
            case 4 -> TxnState.ABORTED;
            default -> throw new UnreadableEntryException(gid, "state " + code + " is unknown to this version", null);
        };
    }
}
