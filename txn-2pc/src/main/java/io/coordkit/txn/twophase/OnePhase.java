package io.coordkit.txn.twophase;

import io.coordkit.BackendUnreachableException;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.coordinator.Coordinator;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.transaction.xa.XAException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits in one phase what is over one database alone. Its decision is a row in that database, so whoever wants to have
 * such a transaction decided otherwise, or has lost the answer, must ask all databases before the log. Thread-safe.
 */
final class OnePhase {
    private static final Logger log = LoggerFactory.getLogger(OnePhase.class);

    private final List<OpenDatabase> databases = new ArrayList<>();
    private final Map<OpenDatabase, LoneOutcomes> outcomes = new ConcurrentHashMap<>();

    /**
     * From now on for that database as well; before any transaction runs.
     *
     * @throws BackendUnreachableException if it does not answer any more
     */
    void add(OpenDatabase database) {
        databases.add(database);
        if (database.isKnown()) {
            try {
                of(database);
            } catch (SQLException e) {
                throw new BackendUnreachableException(
                        "Database '" + database.name() + "' did not answer: " + e.getMessage(), e);
            }
        }
    }

    /** Its rows; they are made ready as soon as it answers. */
    private LoneOutcomes of(OpenDatabase database) throws SQLException {
        LoneOutcomes ready = outcomes.get(database);
        if (ready == null) {
            ready = database.ask(LoneOutcomes::open);
            outcomes.put(database, ready);
        }
        return ready;
    }

    /**
     * Commits a branch that is the only one of its transaction, together with that decision.
     *
     * @param coordinator whose log decides what is over several databases
     * @return what stands of the gid there: by this commit, or from before
     * @throws TxnException if it is not known
     */
    TxnStatus commit(OpenDatabase database, XaBranch branch, Coordinator coordinator) {
        String gid = branch.xid().gid();
        String trouble = "it had been decided before";
        try {
            if (of(database).commit(branch.lent(), gid)) {
                database.commitAlone(branch);
                return new TxnStatus(gid, TxnState.COMMITTED, "", branch.xid().deadline(), false, "");
            }
            database.forget(branch);
        } catch (SQLException | XAException | RuntimeException e) {
            database.discard(branch);
            trouble = "database '" + database.name() + "' did not commit it: " + OpenDatabase.reason(e);
            log.info("{}: {}; what became of it is asked there", branch.xid(), trouble);
        }
        TxnStatus here = abort(database, gid, trouble);
        // An abort here says only that this database does not decide alone: the log may have decided with it.
        return here.state().isCommit() ? here : coordinator.outcome(gid).orElse(here);
    }

    /** What stands of that gid there; what has no outcome there is given up. Waits for who is about to commit it. */
    private TxnStatus abort(OpenDatabase database, String gid, String reason) {
        return ask(database, gid, () -> {
            LoneOutcomes rows = of(database);
            return database.ask(connection -> rows.abort(connection, gid, reason));
        });
    }

    /**
     * What stands of that gid, in the log or a database; what is not decided is aborted. What the log knows no database
     * can decide alone any more, except one that is about to: so they are asked first.
     *
     * @param coordinator whose log it is
     * @throws TxnException if one of them, or the log, does not answer
     */
    TxnStatus resolve(String gid, String reason, Coordinator coordinator) {
        return prevent(gid, reason).orElseGet(() -> coordinator.resolve(gid));
    }

    /**
     * Sees that no database decides alone about that gid any more.
     *
     * @return the commit of one that has
     * @throws TxnException if one does not answer
     */
    Optional<TxnStatus> prevent(String gid, String reason) {
        return databases.stream()
                .map(database -> abort(database, gid, reason))
                .filter(status -> status.state().isCommit())
                .findFirst();
    }

    /**
     * The commit of a database that has decided alone.
     *
     * @throws TxnException if one does not answer
     */
    Optional<TxnStatus> committed(String gid) {
        return databases.stream()
                .flatMap(database -> ask(database, gid, () -> {
                            LoneOutcomes rows = of(database);
                            return database.ask(connection -> rows.find(connection, gid));
                        })
                        .stream())
                .filter(status -> status.state().isCommit())
                .findFirst();
    }

    /** Whether a branch sees its gid in its database. */
    boolean isKnown(OpenDatabase database, XaBranch branch) {
        String gid = branch.xid().gid();
        return ask(database, gid, () -> of(database).find(branch.lent(), gid)).isPresent();
    }

    /** Asks a database. */
    @FunctionalInterface
    private interface Question<T> {
        T ask() throws SQLException;
    }

    private static <T> T ask(OpenDatabase database, String gid, Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException e) {
            throw new TxnException(
                    "Database '" + database.name() + "' did not say what became of '" + gid + "': " + e.getMessage(),
                    e);
        }
    }

    /** Forgets outcomes of that long ago. */
    void purge(Duration retention) {
        outcomes.forEach((database, rows) -> {
            try {
                int purged = database.ask(connection -> rows.purge(connection, retention));
                log.debug("{} outcomes of database '{}' were purged", purged, database.name());
            } catch (SQLException e) {
                log.warn("Outcomes of database '{}' could not be purged: {}", database.name(), e.getMessage());
            }
        });
    }
}
