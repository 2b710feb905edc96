package io.coordkit.txn.twophase;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.coordinator.Workers;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
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

    private final XaDatabase database;
    private final XaServer server;
    private final XaPool pool;
    private final ThreadPoolExecutor workers;
    private final ConcurrentMap<BranchXid, XaBranch> held = new ConcurrentHashMap<>();

    private OpenDatabase(XaDatabase database, XaServer server, XaPool pool) {
        this.database = database;
        this.server = server;
        this.pool = pool;
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
                requireRecovery(server, physical, database.name());
                return new OpenDatabase(database, server, new XaPool(database, server));
            } finally {
                physical.close();
            }
        } catch (SQLException e) {
            throw new BackendUnreachableException(
                    "Database '" + database.name() + "' did not answer: " + e.getMessage(), e);
        }
    }

    private static void requireRecovery(XaServer server, XAConnection connection, String name) throws SQLException {
        try {
            server.inDoubt(connection);
        } catch (XAException e) {
            throw new ConfigurationException(
                    "Database '" + name + "' does not let this account see prepared branches (" + e.getMessage()
                            + "), so none could be recovered; on MySQL: GRANT XA_RECOVER_ADMIN ON *.* TO the account",
                    e);
        }
    }

    String name() {
        return database.name();
    }

    /** Makes the identity of a branch, once its connection is known. */
    @FunctionalInterface
    interface Naming {
        BranchXid name(long connection);
    }

    /** @throws TxnException if there is no connection, or it does not take the branch */
    XaBranch begin(Naming naming) {
        PooledXa connection = pool.borrow();
        try {
            XaBranch branch = XaBranch.begin(connection, naming.name(connection.number()));
            held.put(branch.xid(), branch);
            return branch;
        } catch (XAException e) {
            pool.discard(connection);
            throw new TxnException("Database '" + name() + "' did not begin a branch: " + reason(e), e);
        }
    }

    /** Rolls back what is not prepared, when nobody else has heard of it. */
    void forget(XaBranch branch) {
        try {
            branch.rollback();
            release(branch);
        } catch (XAException e) {
            log.debug("{}: its connection is closed, which rolls it back: {}", branch.xid(), reason(e));
            discard(branch);
        }
    }

    /** Ends the connection under the body. */
    void abort(XaBranch branch) {
        branch.abort(workers);
    }

    private void release(XaBranch branch) {
        if (held.remove(branch.xid(), branch)) {
            pool.giveBack(branch.connection());
        }
    }

    private void discard(XaBranch branch) {
        if (held.remove(branch.xid(), branch)) {
            pool.discard(branch.connection());
        }
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        return work(() -> {
            BranchXid xid = BranchXid.of(call.gid(), call.payload());
            return call.operation() == Operation.TRY ? prepare(xid) : end(xid, call.operation() == Operation.CONFIRM);
        });
    }

    /** Does it on one of the database's threads, of which there are as many as connections. */
    <T> CompletionStage<T> work(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, workers);
    }

    BranchReply prepare(BranchXid xid) {
        XaBranch branch = held.get(xid);
        if (branch == null) {
            return isInDoubt(xid)
                    ? new BranchReply.Done()
                    : new BranchReply.Refused(
                            BranchReply.Code.BUSINESS, "its connection was lost before it was prepared");
        }
        try {
            if (branch.prepare() == XaBranch.Vote.READ_ONLY) {
                release(branch);
                return new BranchReply.ReadOnly();
            }
            return new BranchReply.Done();
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

    /** Commits or rolls back, by its own connection if that is here. */
    BranchReply end(BranchXid xid, boolean commit) {
        XaBranch branch = held.get(xid);
        if (branch != null) {
            try {
                if (commit) {
                    branch.commit();
                } else {
                    branch.rollback();
                }
                release(branch);
                return new BranchReply.Done();
            } catch (XAException e) {
                if (isHeuristic(e)) {
                    return heuristic(branch, e);
                }
                log.debug("{}: its own connection did not end it: {}", xid, reason(e));
                return endByAnother(branch, commit);
            }
        }
        return settle(xid, commit, true);
    }

    /** Where a prepared branch goes with its connection, that is closed only when the branch has ended. */
    private BranchReply endByAnother(XaBranch branch, boolean commit) {
        if (server.outlivesItsConnection()) {
            discard(branch);
        }
        BranchReply reply = settle(branch.xid(), commit, true);
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
                BranchReply.Code.WRONG_STATE,
                "the database has ended branch " + branch.xid().branch() + " by itself, heuristic outcome "
                        + e.errorCode);
    }

    /**
     * Ends a branch by another connection than its own. That the server does not know it means that it has ended before,
     * but only if it does not list it either.
     *
     * @param forcibly end the connection that still holds it
     */
    BranchReply settle(BranchXid xid, boolean commit, boolean forcibly) {
        try {
            PooledXa fresh = pool.fresh();
            try {
                if (server.end(fresh.physical(), xid, commit)
                        || !server.inDoubt(fresh.physical()).contains(xid)) {
                    return new BranchReply.Done();
                }
                boolean released = forcibly && server.release(fresh.session(), xid);
                throw new TxnException(
                        "Database '" + name() + "' lists " + xid + " as prepared, but it belongs to connection "
                                + xid.connection() + (released ? ", which was ended" : "") + ": ask again",
                        null);
            } finally {
                fresh.close();
            }
        } catch (SQLException | XAException e) {
            throw unanswered(commit ? "commit" : "rollback", xid, e);
        }
    }

    /**
     * Ends a branch whose outcome was asked for. One that is committed is not taken by force from a connection elsewhere:
     * whoever carries the transaction out does that.
     */
    void endInDoubt(BranchXid xid, boolean commit) {
        BranchReply unusedReply = holds(xid) ? end(xid, commit) : settle(xid, commit, !commit);
    }

    private TxnException unanswered(String what, BranchXid xid, Exception e) {
        return new TxnException(
                "Database '" + name() + "' did not answer the " + what + " of " + xid + ": " + reason(e), e);
    }

    private static String reason(Exception e) {
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
        PooledXa fresh = pool.fresh();
        try {
            return question.ask(fresh.session());
        } finally {
            fresh.close();
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
            PooledXa fresh = pool.fresh();
            try {
                return server.inDoubt(fresh.physical());
            } finally {
                fresh.close();
            }
        } catch (SQLException | XAException e) {
            throw new TxnException("Database '" + name() + "' did not list what is prepared: " + reason(e), e);
        }
    }

    /** The branches whose connections are here. */
    Collection<XaBranch> held() {
        return held.values();
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
            if (server.outlivesItsConnection() || !branch.isPrepared()) {
                discard(branch);
            }
        });
        pool.close();
        workers.shutdown();
    }
}
