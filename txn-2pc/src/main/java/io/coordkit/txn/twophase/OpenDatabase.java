package io.coordkit.txn.twophase;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.sql.SqlErrors;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.coordinator.Workers;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database of one coordinator: begins branches on it, and has them prepare, commit and roll back; those of others as
 * well, and those whose connection is gone.
 *
 * <p>A connection is not given back before its branch has ended. Thread-safe.
 */
final class OpenDatabase implements BranchEndpoint {
    private static final Logger log = LoggerFactory.getLogger(OpenDatabase.class);
    private static final int QUEUE = 100_000;
    private static final int VOTES_REMEMBERED = 10_000;

    private final XaDatabase database;
    private final String user;
    private final XaPool pool;
    private final ThreadPoolExecutor workers;
    private final AbandonedSessions abandoned;
    private final ConcurrentMap<BranchXid, XaBranch> held = new ConcurrentHashMap<>();
    /** The latest that ended with their votes. One that is forgotten refuses when it is asked again, which is safe. */
    private final Set<BranchXid> readOnly =
            Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<BranchXid, Boolean> eldest) {
                    return size() > VOTES_REMEMBERED;
                }
            }));

    private volatile @Nullable Facts facts;
    /** Why there are none. */
    private volatile @Nullable RuntimeException refused;

    /**
     * What must be known of it.
     *
     * @param owner to tell its branches from others by
     */
    private record Facts(XaServer server, String owner) {}

    private OpenDatabase(XaDatabase database, String user) {
        this.database = database;
        this.user = user;
        this.pool = new XaPool(database, this::server);
        this.abandoned = new AbandonedSessions(
                database.name(),
                errand -> beside(fresh -> {
                    errand.run(fresh);
                    return true;
                }));
        this.workers = Workers.named("coordkit-xa-" + database.name(), database.maxConnections(), QUEUE);
    }

    /**
     * Opens it.
     *
     * @param user to whom it is known by its name: the coordinators on a log, or participants
     * @throws ConfigurationException if it cannot keep what is promised
     * @throws BackendUnreachableException if it does not answer
     */
    static OpenDatabase open(XaDatabase database, String user) {
        OpenDatabase opened = new OpenDatabase(database, user);
        try {
            opened.meet();
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * The same, but what does not answer now is good for nothing until {@link #meet} has found it.
     *
     * @throws ConfigurationException if it cannot keep what is promised
     */
    static OpenDatabase openSoon(XaDatabase database, String user) {
        OpenDatabase opened = new OpenDatabase(database, user);
        try {
            opened.meet();
        } catch (BackendUnreachableException e) {
            log.warn("{}; transactions over it fail, and its branches wait, until it does", e.getMessage(), e);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /**
     * Has it say what must be known of it, unless it has.
     *
     * @throws ConfigurationException if it cannot keep what is promised
     * @throws BackendUnreachableException if it does not answer
     */
    void meet() {
        if (facts == null) {
            try {
                facts = ask(database, user);
            } catch (RuntimeException e) {
                refused = e;
                throw e;
            }
        }
    }

    /** Whether it has answered, now or earlier. */
    boolean isKnown() {
        return facts != null;
    }

    private Facts facts() {
        Facts known = facts;
        if (known == null) {
            RuntimeException why = refused;
            throw new TxnException(
                    "Database '" + name() + "' has not been of use since the start: "
                            + (why == null ? "it has not been asked" : why.getMessage()),
                    why);
        }
        return known;
    }

    private XaServer server() {
        return facts().server();
    }

    private static Facts ask(XaDatabase database, String user) {
        try {
            XAConnection physical = database.source().getXAConnection();
            try {
                Connection connection = physical.getConnection();
                if (connection.getTransactionIsolation() == Connection.TRANSACTION_READ_UNCOMMITTED) {
                    throw new ConfigurationException(
                            "Database '" + database.name() + "' is at isolation READ UNCOMMITTED,"
                                    + " where a transaction reads what others may roll back: set READ COMMITTED or higher");
                }
                XaServer server = XaServer.of(connection, database);
                server.check(connection, database.name());
                ResourceName.claim(connection, database.name(), user);
                String owner = ResourceName.owner(connection, user);
                requireRecovery(server, physical, database);
                return new Facts(server, owner);
            } finally {
                physical.close();
            }
        } catch (SQLException e) {
            if (SqlErrors.isRefusal(e)) {
                throw new ConfigurationException(
                        "Database '" + database.name() + "' refuses this account what it needs: " + e.getMessage()
                                + "; GRANT SELECT, INSERT, UPDATE, DELETE and CREATE on its schema, and on MySQL"
                                + " XA_RECOVER_ADMIN ON *.*",
                        e);
            }
            throw unreachable(database, e);
        } catch (RuntimeException e) {
            throw SqlErrors.isUnchecked(e) ? unreachable(database, e) : e;
        }
    }

    private static BackendUnreachableException unreachable(XaDatabase database, Exception e) {
        return new BackendUnreachableException(
                "Database '" + database.name() + "' did not answer: " + e.getMessage(), e);
    }

    private static void requireRecovery(XaServer server, XAConnection connection, XaDatabase database)
            throws SQLException {
        try {
            server.inDoubt(connection);
        } catch (XAException e) {
            if (e.errorCode == XAException.XAER_RMFAIL) {
                throw unreachable(database, e);
            }
            throw new ConfigurationException(
                    "Database '" + database.name() + "' does not let this account see prepared branches ("
                            + e.getMessage()
                            + "), so none could be recovered; on MySQL: GRANT XA_RECOVER_ADMIN ON *.* TO the account",
                    e);
        }
    }

    String name() {
        return database.name();
    }

    /** Whether that branch was begun here, or by another coordinator on the log or another start of the participant. */
    boolean isOurs(BranchXid xid) {
        return xid.owner().equals(facts().owner());
    }

    /** Makes the identity of a branch, once its connection is known, but for its owner. */
    @FunctionalInterface
    interface Naming {
        BranchXid name(long connection);
    }

    /**
     * Begins a branch.
     *
     * @param readOnly whether it will only read, and so can end with its vote
     * @throws TxnException if there is no connection, or it does not take the branch
     */
    XaBranch begin(Naming naming, boolean readOnly) {
        PooledXa connection = pool.borrow();
        try {
            BranchXid xid = naming.name(connection.number()).ownedBy(facts().owner());
            XaBranch branch = XaBranch.begin(connection, xid, server(), readOnly);
            held.put(branch.xid(), branch);
            return branch;
        } catch (XAException | SQLException e) {
            pool.discard(connection);
            throw new TxnException("Database '" + name() + "' did not begin a branch: " + reason(e), e);
        } catch (RuntimeException e) {
            pool.discard(connection); // the name was refused, for example
            throw e;
        }
    }

    /** Rolls back what is not prepared, when nobody else has heard of it; what is prepared may be decided. */
    void forget(XaBranch branch) {
        if (branch.isPrepared()) {
            return;
        }
        try {
            branch.rollback();
            release(branch);
        } catch (XAException e) {
            log.debug("{}: its connection is closed, which rolls it back: {}", branch.xid(), reason(e));
            discard(branch);
        }
    }

    /** Commits a branch that is the only one of its transaction; if that fails, it is still held. */
    void commitAlone(XaBranch branch) throws XAException {
        branch.commitAlone();
        release(branch);
    }

    /** Ends the connection under the body, and what it is in the middle of. */
    void abort(XaBranch branch) {
        abort(branch, workers);
    }

    private void abort(XaBranch branch, Executor threads) {
        if (branch.abort(threads)) {
            abandon(branch);
        }
    }

    private void abandon(XaBranch branch) {
        if (server().keepsAtIt()) {
            abandoned.add(branch.connection());
        }
    }

    private void release(XaBranch branch) {
        if (held.remove(branch.xid(), branch)) {
            if (branch.letsOthersWrite()) {
                pool.giveBack(branch.connection());
            } else {
                pool.discard(branch.connection());
            }
        }
    }

    /** Closes its connection: it is not to be trusted. */
    void discard(XaBranch branch) {
        if (held.remove(branch.xid(), branch)) {
            if (branch.isActive()) {
                abandon(branch);
            }
            pool.discard(branch.connection());
        }
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        return work(() -> {
            BranchXid xid = BranchXid.of(call.gid(), call.payload());
            return switch (call.operation()) {
                case TRY -> prepare(xid);
                case CONFIRM -> end(xid, true);
                case CANCEL -> end(xid, false);
                case CAN_COMMIT, PRE_COMMIT -> throw new IllegalArgumentException(call + " is not for databases");
            };
        });
    }

    /** Does it on one of the database's threads, of which there are as many as connections. */
    <T> CompletionStage<T> work(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, workers);
    }

    BranchReply prepare(BranchXid xid) {
        XaBranch branch = held.get(xid);
        if (branch == null && readOnly.contains(xid)) {
            return new BranchReply.ReadOnly(); // whose first answer was lost
        }
        if (branch == null) {
            return isInDoubt(xid)
                    ? new BranchReply.Done()
                    : new BranchReply.Refused(
                            BranchReply.Code.BUSINESS, "its connection was lost before it was prepared");
        }
        try {
            if (branch.prepare() == XaBranch.Vote.READ_ONLY) {
                readOnly.add(xid);
                release(branch);
                return new BranchReply.ReadOnly();
            }
            return new BranchReply.Done();
        } catch (XaBranch.BusyException e) {
            throw unanswered("prepare", xid, e);
        } catch (XAException e) {
            // Whatever it was: the connection is not to be trusted, and what it has not prepared goes with it.
            discard(branch);
            if (isRollback(e)) {
                return new BranchReply.Refused(BranchReply.Code.BUSINESS, "the database rolled it back: " + reason(e));
            }
            throw unanswered("prepare", xid, e);
        }
    }

    private static boolean isRollback(XAException e) {
        return e.errorCode >= XAException.XA_RBBASE && e.errorCode <= XAException.XA_RBEND;
    }

    /** Commits or rolls back, by its own connection if that is here; what the server does not know is done. */
    BranchReply end(BranchXid xid, boolean commit) {
        return end(xid, commit, BranchReply.Done::new);
    }

    /** The same; with what to answer about a branch that the server does not know. */
    BranchReply end(BranchXid xid, boolean commit, Supplier<BranchReply> unknown) {
        XaBranch branch = held.get(xid);
        if (branch != null) {
            if (!commit && branch.isPrepared() && !server().outlivesItsConnection() && !isInDoubt(xid)) {
                discard(branch); // whose own connection would say "done", whatever somebody else has made of it
                return unknown.get();
            }
            try {
                if (commit) {
                    branch.commit();
                } else {
                    branch.rollback();
                }
                release(branch);
                return new BranchReply.Done();
            } catch (XaBranch.BusyException e) {
                throw unanswered(commit ? "commit" : "rollback", xid, e);
            } catch (XAException e) {
                if (isHeuristic(e) || (commit && isRollback(e))) {
                    return heuristic(branch, e);
                }
                log.debug("{}: its own connection did not end it: {}", xid, reason(e));
                return endByAnother(branch, commit, unknown);
            }
        }
        return settle(xid, commit, true, unknown);
    }

    /** Where a prepared branch goes with its connection, that is closed only when the branch has ended. */
    private BranchReply endByAnother(XaBranch branch, boolean commit, Supplier<BranchReply> unknown) {
        if (server().outlivesItsConnection()) {
            discard(branch);
        }
        BranchReply reply = settle(branch.xid(), commit, true, unknown);
        discard(branch);
        return reply;
    }

    private static boolean isHeuristic(XAException e) {
        return e.errorCode == XAException.XA_HEURCOM
                || e.errorCode == XAException.XA_HEURRB
                || e.errorCode == XAException.XA_HEURMIX
                || e.errorCode == XAException.XA_HEURHAZ;
    }

    private static BranchReply heuristic(XaBranch branch, XAException e) {
        return new BranchReply.Refused(
                BranchReply.Code.HEURISTIC,
                "the database has ended branch " + branch.xid().branch() + " by itself, heuristic outcome "
                        + e.errorCode);
    }

    /**
     * Ends a branch by another connection than its own. That the server does not know it means that it has ended before,
     * but only if it does not list it either.
     *
     * @param forcibly end the connection that still holds it
     * @param unknown what to answer then
     */
    private BranchReply settle(BranchXid xid, boolean commit, boolean forcibly, Supplier<BranchReply> unknown) {
        try {
            return beside(fresh -> {
                if (server().end(fresh.physical(), xid, commit)) {
                    return new BranchReply.Done();
                }
                if (!server().inDoubt(fresh.physical()).contains(xid)) {
                    return unknown.get();
                }
                boolean released = forcibly && server().release(fresh.session(), xid);
                throw new TxnException(
                        "Database '" + name() + "' lists " + xid + " as prepared, but it belongs to connection "
                                + xid.connection() + (released ? ", which was ended" : "") + ": ask again",
                        null);
            });
        } catch (SQLException | XAException e) {
            throw unanswered(commit ? "commit" : "rollback", xid, e);
        }
    }

    /**
     * Ends a branch whose outcome was asked for. One that is committed is not taken by force from a connection elsewhere:
     * whoever carries the transaction out does that.
     */
    void endInDoubt(BranchXid xid, boolean commit) {
        BranchReply unusedReply = holds(xid) ? end(xid, commit) : settle(xid, commit, !commit, BranchReply.Done::new);
    }

    private TxnException unanswered(String what, BranchXid xid, Exception e) {
        return new TxnException(
                "Database '" + name() + "' did not answer the " + what + " of " + xid + ": " + reason(e), e);
    }

    static String reason(Exception e) {
        if (e instanceof XAException xa) {
            return "XA error " + xa.errorCode + (xa.getMessage() == null ? "" : ", " + xa.getMessage());
        }
        return String.valueOf(e.getMessage());
    }

    /** Asks a connection. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    /** Asks beside all branches. */
    <T> T ask(Question<T> question) throws SQLException {
        return beside(fresh -> question.ask(fresh.session()));
    }

    @FunctionalInterface
    private interface Task<T, X extends Exception> {
        T by(PooledXa fresh) throws SQLException, X;
    }

    /** Does it by a connection of its own. Drivers do not always say by an SQL exception that it is gone. */
    private <T, X extends Exception> T beside(Task<T, X> task) throws SQLException, X {
        try {
            PooledXa fresh = pool.fresh();
            try {
                return task.by(fresh);
            } finally {
                fresh.close();
            }
        } catch (TxnException e) {
            throw e;
        } catch (RuntimeException e) {
            if (SqlErrors.isUnchecked(e)) {
                throw new SQLException(e.getMessage(), e);
            }
            throw e;
        }
    }

    private boolean isInDoubt(BranchXid xid) {
        return inDoubt().contains(xid);
    }

    /**
     * The branches that are prepared there, whoever began them.
     *
     * @throws TxnException if it does not answer
     */
    List<BranchXid> inDoubt() {
        try {
            return beside(fresh -> server().inDoubt(fresh.physical()));
        } catch (SQLException | XAException e) {
            throw new TxnException("Database '" + name() + "' did not list what is prepared: " + reason(e), e);
        }
    }

    /** The branches whose connections are here. */
    Collection<XaBranch> held() {
        return held.values();
    }

    /** Those of them that are prepared. */
    Set<BranchXid> heldPrepared() {
        return held.values().stream()
                .filter(XaBranch::isPrepared)
                .map(XaBranch::xid)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Closes the connection of a branch that somebody else has ended, if it is here. */
    void discard(BranchXid xid) {
        XaBranch branch = held.get(xid);
        if (branch != null && !branch.isBusy()) {
            discard(branch);
        }
    }

    /** Whether that branch's connection is here. */
    boolean holds(BranchXid xid) {
        return held.containsKey(xid);
    }

    /**
     * Gives up its connections, so that others can end what is prepared; where a prepared branch does not outlive its
     * connection, that stays open.
     */
    @Override
    public void close() {
        held.values().forEach(branch -> {
            if (server().outlivesItsConnection() || !branch.mayBePrepared()) {
                abort(branch, Runnable::run); // for closing it waits for the statement under way
                discard(branch);
            }
        });
        pool.close();
        abandoned.close();
        workers.shutdown();
    }
}
