package io.coordkit.txn.tcc;

import io.coordkit.txn.RefusedException;
import io.coordkit.txn.spi.BranchCall;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/**
 * One participant's business code. Each method runs in a local transaction that also writes the guard's row, so it takes
 * effect once or not at all, however often the call is delivered; whatever it throws rolls both back.
 *
 * <p>Write only through the handle, and do not commit it. When the database reports contention the whole method is run
 * again in a new transaction, so it must have no effect outside of it. Must be thread-safe.
 *
 * @param <P> what the branch is called with
 */
public interface TccParticipant<P> {

    /**
     * Checks and reserves.
     *
     * @throws RefusedException if the business says no; the transaction is then aborted. Anything else thrown means "no
     *     answer" and the try is repeated until the transaction's deadline
     * @throws SQLException as the database reports it
     */
    void onTry(Handle handle, BranchCall call, P payload) throws SQLException;

    /**
     * Uses what was reserved. Runs only after {@link #onTry} has. Must succeed in the end: it is repeated until it does.
     *
     * @throws SQLException as the database reports it
     */
    void onConfirm(Handle handle, BranchCall call, P payload) throws SQLException;

    /**
     * Gives back what was reserved. Runs only after {@link #onTry} has: there is always something to give back. Must
     * succeed in the end: it is repeated until it does.
     *
     * @throws SQLException as the database reports it
     */
    void onCancel(Handle handle, BranchCall call, P payload) throws SQLException;

    /**
     * A participant of three lambdas.
     *
     * @param onTry see {@link #onTry}
     * @param onConfirm see {@link #onConfirm}
     * @param onCancel see {@link #onCancel}
     */
    static <P> TccParticipant<P> of(Step<P> onTry, Step<P> onConfirm, Step<P> onCancel) {
        return new TccParticipant<>() {
            @Override
            public void onTry(Handle handle, BranchCall call, P payload) throws SQLException {
                onTry.run(handle, call, payload);
            }

            @Override
            public void onConfirm(Handle handle, BranchCall call, P payload) throws SQLException {
                onConfirm.run(handle, call, payload);
            }

            @Override
            public void onCancel(Handle handle, BranchCall call, P payload) throws SQLException {
                onCancel.run(handle, call, payload);
            }
        };
    }

    /** One of the three. */
    @FunctionalInterface
    interface Step<P> {
        /** Does it by that handle, in the local transaction that is open on it. */
        void run(Handle handle, BranchCall call, P payload) throws SQLException;
    }
}
