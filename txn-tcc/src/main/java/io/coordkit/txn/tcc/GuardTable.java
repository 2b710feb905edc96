package io.coordkit.txn.tcc;

import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import io.coordkit.txn.spi.BranchCall;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** The guard's statements, all inside the participant's transaction. */
final class GuardTable {
    static final String NAME = "coordkit_tcc_guard";

    private static final String COUNT = "seen = seen + 1";
    private static final String ONE = " WHERE gid = :gid AND branch = :branch";

    private final SqlDialect dialect;
    private final String participant;
    private final Duration ttl;
    private final String insert;
    private final String update;

    /**
     * @param participant whose rows these are
     * @param ttl after which a reservation is asked about
     */
    GuardTable(SqlDialect dialect, String participant, Duration ttl) {
        this.dialect = dialect;
        this.participant = participant;
        this.ttl = ttl;
        String now = dialect.nowMillis();
        String due = "CASE WHEN :state = " + GuardRow.State.TRIED.code + " THEN " + now + " + :ttl END";
        String plain = "INSERT INTO " + NAME + " (gid, branch, participant, state, epoch, payload_hash, payload, home,"
                + " coordinator, deadline_ms, due_ms, inquiries, seen, updated_ms) VALUES (:gid, :branch, :participant,"
                + " :state, :epoch, :hash, :payload, :home, :coordinator, :deadline, " + due + ", 0, 1, " + now + ")";
        // Not INSERT IGNORE: that takes a shared lock on the row it hits, and two that both go on to write deadlock.
        insert = dialect == SqlDialect.MYSQL ? plain + " ON DUPLICATE KEY UPDATE " + COUNT : plain;
        update = "UPDATE " + NAME + " SET state = :state, epoch = :epoch, payload = :payload, home = :home,"
                + " coordinator = :coordinator, deadline_ms = :deadline, due_ms = " + due + ", updated_ms = " + now
                + ONE;
    }

    /** Inserts the branch in that state, or counts the call if it is there; then reads and locks what stands. */
    GuardRow enter(Handle handle, BranchCall call, GuardRow.State state) {
        try {
            bound(handle.createUpdate(insert), call, state)
                    .bind("participant", participant)
                    .bind("hash", call.payload().sha256())
                    .execute();
        } catch (JdbiException e) {
            if (dialect == SqlDialect.MYSQL || !SqlErrors.isDuplicateKey(e)) {
                throw e;
            }
            handle.createUpdate("UPDATE " + NAME + " SET " + COUNT + ONE)
                    .bind("gid", call.gid())
                    .bind("branch", call.branch())
                    .execute();
        }
        return find(handle, call).orElseThrow(() -> new IllegalStateException("guard row of " + call + " vanished"));
    }

    /**
     * The branch's row, locked until the transaction ends. A locking read: at REPEATABLE READ a plain one would see the
     * table as it was when the transaction began.
     */
    Optional<GuardRow> find(Handle handle, BranchCall call) {
        return handle.createQuery("SELECT state, epoch, payload_hash, seen FROM " + NAME + ONE + " FOR UPDATE")
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
        bound(handle.createUpdate(update), call, state).execute();
    }

    private Update bound(Update statement, BranchCall call, GuardRow.State state) {
        // What is ended needs its payload no more: the hash is enough to tell another.
        byte @Nullable [] payload =
                state == GuardRow.State.TRIED ? call.payload().toByteArray() : null;
        return statement
                .bind("gid", call.gid())
                .bind("branch", call.branch())
                .bind("state", state.code)
                .bind("epoch", call.epoch())
                .bind("payload", payload)
                .bind("home", call.origin().home())
                .bind("coordinator", call.origin().coordinator())
                .bind("deadline", call.deadline().toEpochMilli())
                .bind("ttl", ttl.toMillis());
    }
}
