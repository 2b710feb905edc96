package io.coordkit.txn.twophase;

import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import io.coordkit.sql.SqlSchema;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.TxnOrigin;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * How far a participant's branches of three-phase commits are, in rows beside what they have prepared. Whoever is to end
 * one changes its row first, and only one can. Each method is a transaction of its own. Thread-safe.
 */
final class ThreePhaseRows {
    private static final String TABLE = "coordkit_xa_three_phase";
    private static final String ONE = " WHERE gid = :gid AND branch = :branch";
    private static final int AT_ONCE = 100;

    private final OpenDatabase database;
    private final SqlDialect dialect;

    /** Where a branch is. */
    enum State {
        /** It has voted, or is about to. */
        CAN_COMMIT('C'),
        /** It was told that all have voted yes. */
        PRE_COMMITTED('P'),
        COMMITTED_ALONE('Y'),
        ROLLED_BACK_ALONE('N');

        private final String code;

        State(char code) {
            this.code = String.valueOf(code);
        }

        private static State of(String code) {
            return Arrays.stream(values())
                    .filter(state -> state.code.equals(code))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(TABLE + " has a state '" + code + "', unknown here"));
        }

        /** Whether it has ended by itself. */
        boolean isAlone() {
            return this == COMMITTED_ALONE || this == ROLLED_BACK_ALONE;
        }

        /** How it ends if nobody answers. */
        State alone() {
            return this == PRE_COMMITTED || this == COMMITTED_ALONE ? COMMITTED_ALONE : ROLLED_BACK_ALONE;
        }
    }

    private ThreePhaseRows(OpenDatabase database, SqlDialect dialect) {
        this.database = database;
        this.dialect = dialect;
    }

    static ThreePhaseRows open(OpenDatabase database) throws SQLException {
        SqlDialect dialect = database.ask(connection -> {
            SqlSchema.ensure(connection, TABLE, ThreePhaseRows.class);
            return SqlDialect.of(connection);
        });
        return new ThreePhaseRows(database, dialect);
    }

    /** @throws TxnException if the database does not answer */
    private <T> T ask(Function<Handle, T> question) {
        try {
            return database.ask(connection -> question.apply(handle(connection)));
        } catch (SQLException | JdbiException e) {
            throw new TxnException("Database '" + database.name() + "' did not answer: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // its connection is the asker's to close
    private static Handle handle(Connection connection) {
        return Jdbi.open(connection);
    }

    /** Begins a branch, unless it has been begun; where it is. */
    State enter(BranchName name, TxnOrigin origin) {
        return ask(handle -> {
            try {
                handle.createUpdate("INSERT INTO " + TABLE
                                + " (gid, branch, state, home, coordinator, deadline_ms, changed_ms) VALUES (:gid,"
                                + " :branch, 'C', :home, :coordinator, :deadline, " + dialect.nowMillis() + ")")
                        .bind("gid", name.gid())
                        .bind("branch", name.branch())
                        .bind("home", origin.home())
                        .bind("coordinator", origin.coordinator())
                        .bind("deadline", origin.deadline().toEpochMilli())
                        .execute();
                return State.CAN_COMMIT;
            } catch (JdbiException e) {
                if (e.getCause() instanceof SQLException cause && SqlErrors.isDuplicateKey(cause)) {
                    return state(handle, name).orElse(State.CAN_COMMIT);
                }
                throw e;
            }
        });
    }

    Optional<State> find(BranchName name) {
        return ask(handle -> state(handle, name));
    }

    private static Optional<State> state(Handle handle, BranchName name) {
        return handle.createQuery("SELECT state FROM " + TABLE + ONE)
                .bind("gid", name.gid())
                .bind("branch", name.branch())
                .mapTo(String.class)
                .findOne()
                .map(State::of);
    }

    /** All have voted yes; false if the branch is not at its vote any more. */
    boolean preCommit(BranchName name) {
        return ask(handle -> move(handle, name, State.CAN_COMMIT, State.PRE_COMMITTED, ""));
    }

    /**
     * The branch ends by itself, if its transaction's deadline is over, and it is where it was.
     *
     * @return false if not
     */
    boolean endAlone(BranchName name, State from) {
        return ask(handle -> move(handle, name, from, from.alone(), " AND deadline_ms < " + dialect.nowMillis()));
    }

    private boolean move(Handle handle, BranchName name, State from, State to, String condition) {
        return handle.createUpdate("UPDATE " + TABLE + " SET state = :to, changed_ms = " + dialect.nowMillis() + ONE
                                + " AND state = :from" + condition)
                        .bind("gid", name.gid())
                        .bind("branch", name.branch())
                        .bind("from", from.code)
                        .bind("to", to.code)
                        .execute()
                == 1;
    }

    /** Somebody ends the branch as it was decided; how it has ended by itself, if it has. */
    Optional<State> leave(BranchName name) {
        return ask(handle -> isLeft(handle, name) ? Optional.empty() : state(handle, name));
    }

    private static boolean isLeft(Handle handle, BranchName name) {
        return handle.createUpdate("DELETE FROM " + TABLE + ONE + " AND state IN ('C', 'P')")
                        .bind("gid", name.gid())
                        .bind("branch", name.branch())
                        .execute()
                > 0;
    }

    /** What was decided about a branch that had ended by itself. */
    void told(BranchName name, boolean commit) {
        ask(handle -> handle.createUpdate("UPDATE " + TABLE + " SET decided = :decided" + ONE)
                .bind("gid", name.gid())
                .bind("branch", name.branch())
                .bind("decided", commit ? "C" : "A")
                .execute());
    }

    /** Some of those that have ended by themselves and were not told yet what was decided. */
    List<Inquiry> untold() {
        return ask(handle -> handle.createQuery(
                        "SELECT * FROM " + TABLE + " WHERE state IN ('Y', 'N') AND decided IS NULL ORDER BY changed_ms")
                .setMaxRows(AT_ONCE)
                .map((row, context) -> inquiry(row))
                .list());
    }

    private static Inquiry inquiry(ResultSet row) throws SQLException {
        Instant deadline = Instant.ofEpochMilli(row.getLong("deadline_ms"));
        return new Inquiry(
                row.getString("gid"),
                row.getString("branch"),
                new TxnOrigin(row.getString("home"), row.getString("coordinator"), 1, deadline));
    }

    /** Those that have ended by themselves, the latest first. */
    List<LoneEnding> alone(int limit) {
        return ask(handle -> handle.createQuery(
                        "SELECT * FROM " + TABLE + " WHERE state IN ('Y', 'N') ORDER BY changed_ms DESC")
                .setMaxRows(limit)
                .map((row, context) -> ending(row))
                .list());
    }

    private static LoneEnding ending(ResultSet row) throws SQLException {
        String decided = row.getString("decided");
        return new LoneEnding(
                row.getString("gid"),
                row.getString("branch"),
                State.of(row.getString("state")) == State.COMMITTED_ALONE,
                Instant.ofEpochMilli(row.getLong("changed_ms")),
                decided == null ? null : decided.equals("C"));
    }

    /** Forgets what has changed that long ago, but for what ended by itself and nobody has told anything. */
    int purge(Duration retention) {
        return ask(handle -> handle.execute(
                "DELETE FROM " + TABLE + " WHERE (state IN ('C', 'P') OR decided IS NOT NULL) AND changed_ms < "
                        + dialect.nowMillis() + " - ?",
                retention.toMillis()));
    }
}
