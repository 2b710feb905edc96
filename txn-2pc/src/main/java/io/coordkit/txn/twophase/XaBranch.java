package io.coordkit.txn.twophase;

import io.coordkit.txn.core.BorrowedConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/**
 * A branch and the connection that it was begun on, from its first statement until it has ended. What is asked of it while
 * the server has not answered what was asked before fails soon, so that a silent server takes one thread. Thread-safe.
 */
final class XaBranch {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final PooledXa connection;
    private final BranchXid xid;
    private final XaServer server;
    private final boolean readOnly;
    private final Connection lent;
    /** Held while the server is asked: one step after the other. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile State state = State.ACTIVE;

    private enum State {
        ACTIVE,
        IDLE,
        PREPARED,
        ENDED,
        /** It has ended with its vote, for it changed nothing. */
        READ,
        /** Its connection has been ended under the body. */
        ABORTED
    }

    /** What became of a prepare. */
    enum Vote {
        YES,
        /** It has ended: it changed nothing. */
        READ_ONLY
    }

    private XaBranch(PooledXa connection, BranchXid xid, XaServer server, boolean readOnly) {
        this.connection = connection;
        this.xid = xid;
        this.server = server;
        this.readOnly = readOnly;
        this.lent = BorrowedConnection.of(connection.session());
    }

    /**
     * Begins it.
     *
     * @param readOnly whether it will only read: it ends with its vote then, unless it has changed something all the same
     */
    static XaBranch begin(PooledXa connection, BranchXid xid, XaServer server, boolean readOnly)
            throws XAException, SQLException {
        if (readOnly) {
            server.setReadOnly(connection.session(), true);
        }
        connection.xa().start(xid, XAResource.TMNOFLAGS);
        return new XaBranch(connection, xid, server, readOnly);
    }

    boolean isReadOnly() {
        return readOnly;
    }

    /** Whether its connection, after its end, is good for branches that write. */
    boolean letsOthersWrite() {
        try {
            if (readOnly) {
                server.setReadOnly(connection.session(), false);
            }
            return true;
        } catch (SQLException | RuntimeException e) { // drivers do not always say by the former that it is gone
            return false;
        }
    }

    BranchXid xid() {
        return xid;
    }

    PooledXa connection() {
        return connection;
    }

    /** What the body writes by. */
    Connection lent() {
        return lent;
    }

    /** The server has not answered an earlier call about the branch yet. */
    static final class BusyException extends XAException {
        private static final long serialVersionUID = 1L;

        BusyException() {
            super("it has not answered an earlier call about the branch yet");
            errorCode = XAException.XAER_RMFAIL;
        }
    }

    private void acquire() throws BusyException {
        try {
            if (!lock.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new BusyException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusyException();
        }
    }

    /** Whether the server is being asked. */
    boolean isBusy() {
        return lock.isLocked();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws XAException;
    }

    /** Drivers do not always say by an XA exception that their connection is gone. */
    private static void guarded(Step step) throws XAException {
        try {
            step.run();
        } catch (RuntimeException e) {
            throw lost(e);
        }
    }

    private static XAException lost(Exception cause) {
        XAException failure = new XAException(String.valueOf(cause));
        failure.errorCode = XAException.XAER_RMFAIL;
        failure.initCause(cause);
        return failure;
    }

    /** The body has done its work. */
    void end() throws XAException {
        acquire();
        try {
            requireConnection();
            if (state == State.ACTIVE) {
                guarded(() -> connection.xa().end(xid, XAResource.TMSUCCESS));
                state = State.IDLE;
            }
        } finally {
            lock.unlock();
        }
    }

    Vote prepare() throws XAException {
        acquire();
        try {
            if (state == State.ENDED) {
                throw new XAException(XAException.XA_RBROLLBACK);
            }
            if (state == State.PREPARED || state == State.READ) {
                return vote();
            }
            end();
            if (readOnly && !hasChanged()) {
                guarded(() -> connection.xa().rollback(xid)); // which releases its locks
                state = State.READ;
            } else {
                guarded(() ->
                        state = connection.xa().prepare(xid) == XAResource.XA_RDONLY ? State.READ : State.PREPARED);
            }
            return vote();
        } finally {
            lock.unlock();
        }
    }

    private Vote vote() {
        return state == State.READ ? Vote.READ_ONLY : Vote.YES;
    }

    private boolean isOver() {
        return state == State.ENDED || state == State.READ;
    }

    private boolean hasChanged() throws XAException {
        boolean[] changed = new boolean[1];
        guarded(() -> {
            try {
                changed[0] = server.hasChanged(connection.session());
            } catch (SQLException e) {
                throw lost(e);
            }
        });
        return changed[0];
    }

    void commit() throws XAException {
        acquire();
        try {
            if (!isOver()) {
                guarded(() -> connection.xa().commit(xid, false));
                state = State.ENDED;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Without a vote: nobody else takes part. */
    void commitAlone() throws XAException {
        acquire();
        try {
            end();
            guarded(() -> connection.xa().commit(xid, true));
            state = State.ENDED;
        } finally {
            lock.unlock();
        }
    }

    void rollback() throws XAException {
        acquire();
        try {
            requireConnection();
            if (state == State.ACTIVE) {
                guarded(() -> connection.xa().end(xid, XAResource.TMFAIL));
                state = State.IDLE;
            }
            if (!isOver()) {
                guarded(() -> connection.xa().rollback(xid));
                state = State.ENDED;
            }
        } finally {
            lock.unlock();
        }
    }

    private void requireConnection() throws XAException {
        if (state == State.ABORTED) {
            throw new XAException(XAException.XA_RBTIMEOUT);
        }
    }

    /**
     * Ends the connection at once, whatever the body is in the middle of, and with it the branch; unless the body has
     * done its work, for what is prepared may be decided already.
     *
     * @return whether it has
     */
    boolean abort(Executor threads) {
        if (lock.tryLock()) {
            try {
                if (state == State.ACTIVE) {
                    state = State.ABORTED;
                    connection.abort(threads);
                    return true;
                }
            } finally {
                lock.unlock();
            }
        }
        return false;
    }

    boolean isPrepared() {
        return state == State.PREPARED;
    }

    /** Whether its body may be at work. */
    boolean isActive() {
        return state == State.ACTIVE;
    }

    /** The same, once the call that is under way has been answered; also if it is not within 1 s. */
    boolean mayBePrepared() {
        try {
            acquire();
        } catch (BusyException e) {
            return true;
        }
        try {
            return state == State.PREPARED;
        } finally {
            lock.unlock();
        }
    }
}
