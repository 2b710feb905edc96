package io.coordkit.txn.tcc;

import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import io.coordkit.txn.spi.BranchCall;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** The guard's statements, all inside the participant's transaction. */
final class GuardTable {
    static final String NAME = "coordkit_tcc_guard";

    private static final String COUNT = "seen = seen + 1";

    private final SqlDialect dialect;
    private final String insert;
    private final String update;

    GuardTable(SqlDialect dialect) {
        this.dialect = dialect;
        String plain = "INSERT INTO " + NAME + " (gid, branch, state, epoch, payload_hash, seen, updated_ms)"
                + " VALUES (:gid, :branch, :state, :epoch, :hash, 1, " + dialect.nowMillis() + ")";
        // Not INSERT IGNORE: that takes a shared lock on the row it hits, and two that both go on to write deadlock.
        insert = dialect == SqlDialect.MYSQL ? plain + " ON DUPLICATE KEY UPDATE " + COUNT : plain;
        update = "UPDATE " + NAME + " SET state = :state, epoch = :epoch, updated_ms = " + dialect.nowMillis()
                + " WHERE gid = :gid AND branch = :branch";
    }

    /** Inserts the branch in that state, or counts the call if it is there; then reads and locks what stands. */
    GuardRow enter(Handle handle, BranchCall call, GuardRow.State state) {
        try {
            insert(handle, call, state);
        } catch (JdbiException e) {
            if (dialect == SqlDialect.MYSQL || !SqlErrors.isDuplicateKey(e)) {
                throw e;
            }
            handle.createUpdate("UPDATE " + NAME + " SET " + COUNT + " WHERE gid = :gid AND branch = :branch")
                    .bind("gid", call.gid())
                    .bind("branch", call.branch())
                    .execute();
        }
        return find(handle, call).orElseThrow(() -> new IllegalStateException("guard row of " + call + " vanished"));
    }

    private void insert(Handle handle, BranchCall call, GuardRow.State state) {
        handle.createUpdate(insert)
                .bind("gid", call.gid())
                .bind("branch", call.branch())
                .bind("state", state.code)
                .bind("epoch", call.epoch())
                .bind("hash", call.payload().sha256())
                .execute();
    }

    /**
     * The branch's row, locked until the transaction ends. A locking read: at REPEATABLE READ a plain one would see the
     * table as it was when the transaction began.
     */
    Optional<GuardRow> find(Handle handle, BranchCall call) {
        return handle.createQuery("SELECT state, epoch, payload_hash, seen FROM " + NAME
                        + " WHERE gid = :gid AND branch = :branch FOR UPDATE")
                .bind("gid", call.gid())
                .bind("branch", call.branch())
                .map((rows, context) -> new GuardRow(
                        GuardRow.State.of(rows.getInt("state")),
                        rows.getLong("epoch"),
                        rows.getString("payload_hash"),
                        rows.getLong("seen")))
                .findOne();
    }

    void write(Handle handle, BranchCall call, GuardRow.State state) {
        handle.createUpdate(update)
                .bind("gid", call.gid())
                .bind("branch", call.branch())
                .bind("state", state.code)
                .bind("epoch", call.epoch())
                .execute();
    }
}
