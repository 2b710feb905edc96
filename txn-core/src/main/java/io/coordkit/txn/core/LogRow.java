package io.coordkit.txn.core;

import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import io.coordkit.txn.spi.UnreadableEntryException;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** A row of the log and what it means. Rows of format 2 hold branches of format 1. */
final class LogRow {
    static final int FORMAT = 2;
    static final int COMMITTING = 1;
    /** Why a commit that came after its deadline became an abort. */
    static final String TOO_LATE = "the deadline had passed before the decision";

    private static final int ABORTING = 2;
    private static final int COMMITTED = 3;
    private static final int ABORTED = 4;

    private LogRow() {}

    /** The entry that this proposal makes, if it is the first. */
    static TxnRecord newRecord(TxnProposal proposal) {
        TxnState state;
        if (proposal.decision().isCommit()) {
            state = TxnState.COMMITTING;
        } else {
            state = proposal.branches().isEmpty() ? TxnState.ABORTED : TxnState.ABORTING;
        }
        return new TxnRecord(
                proposal.gid(),
                state,
                proposal.decision().reason(),
                1,
                proposal.coordinator(),
                Instant.ofEpochMilli(proposal.deadline().toEpochMilli()),
                proposal.branches());
    }

    static TxnStatus status(ResultSet rows) throws SQLException {
        String gid = rows.getString("gid");
        Instant decided = Instant.ofEpochMilli(rows.getLong("decided_ms"));
        return new TxnStatus(
                gid,
                state(gid, rows.getInt("state")),
                rows.getString("reason"),
                decided,
                rows.getInt("attention") != 0,
                rows.getString("note"));
    }

    /** @throws UnreadableEntryException if its format is unknown, or it is damaged */
    static TxnRecord record(ResultSet rows) throws SQLException {
        String gid = rows.getString("gid");
        int format = rows.getInt("format");
        if (format != FORMAT) {
            throw new UnreadableEntryException(
                    gid, "format " + format + " is unknown to this version, which knows format " + FORMAT, null);
        }
        try {
            return new TxnRecord(
                    gid,
                    state(gid, rows.getInt("state")),
                    rows.getString("reason"),
                    rows.getLong("epoch"),
                    rows.getString("coordinator"),
                    Instant.ofEpochMilli(rows.getLong("deadline_ms")),
                    BranchCodec.decode(BranchCodec.FORMAT, rows.getBytes("branches")));
        } catch (IOException e) {
            throw new UnreadableEntryException(gid, String.valueOf(e.getMessage()), e);
        }
    }

    static String note(String text) {
        return text.length() <= TxnLog.MAX_NOTE ? text : text.substring(0, TxnLog.MAX_NOTE);
    }

    static int code(TxnState state) {
        return switch (state) {
            case COMMITTING -> COMMITTING;
            case ABORTING -> ABORTING;
            case COMMITTED -> COMMITTED;
            case ABORTED -> ABORTED;
        };
    }

    static TxnState state(String gid, int code) {
        return switch (code) {
            case COMMITTING -> TxnState.COMMITTING;
            case ABORTING -> TxnState.ABORTING;
            case COMMITTED -> TxnState.COMMITTED;
            case ABORTED -> TxnState.ABORTED;
            default -> throw new UnreadableEntryException(gid, "state " + code + " is unknown to this version", null);
        };
    }
}
