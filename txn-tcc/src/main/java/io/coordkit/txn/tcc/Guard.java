package io.coordkit.txn.tcc;

import io.coordkit.txn.PayloadReader;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchReply.Code;
import io.coordkit.txn.spi.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/**
 * Decides, inside the participant's local transaction, whether the business code of a call is to run.
 *
 * <h2>The row</h2>
 *
 * A branch has one row: what was last done, the highest epoch, and the hash of the payload. Try and cancel insert it
 * first, then read it with a lock; whoever finds {@code seen = 1} has inserted it. So two that come at once are put in
 * order by the primary key before either has read anything.
 *
 * <table>
 * <caption>What a call does, by what it finds</caption>
 * <tr><th></th><th>nothing</th><th>tried</th><th>confirmed</th><th>cancelled</th></tr>
 * <tr><td>try</td><td>run</td><td>done</td><td>done</td><td>late</td></tr>
 * <tr><td>confirm</td><td>wrong</td><td>run</td><td>done</td><td>wrong</td></tr>
 * <tr><td>cancel</td><td>record only</td><td>run</td><td>wrong</td><td>done</td></tr>
 * </table>
 *
 * <p>A late try is an error, not a success: its caller would go on to count on a reservation that nobody will ever give
 * back. The row of a cancel without a try is what makes the try late. A refusal rolls everything back, the counter too.
 *
 * <p>Thread-safe if the participant is. Source: the sub-transaction barrier of DTM (one row per operation there), and
 * the epochs of Lamport's Paxos as a fence against a coordinator that was replaced.
 */
final class Guard<P> {
    private final GuardTable table;
    private final TccParticipant<P> participant;
    private final PayloadReader<P> reader;

    Guard(GuardTable table, TccParticipant<P> participant, PayloadReader<P> reader) {
        this.table = table;
        this.participant = participant;
        this.reader = reader;
    }

    /** @throws RefusedException if the answer is no; the caller rolls back */
    void carryOut(Handle handle, BranchCall call) throws SQLException {
        switch (call.operation()) {
            case TRY -> reserve(handle, call);
            case CONFIRM -> confirm(handle, call);
            case CANCEL -> cancel(handle, call);
            case CAN_COMMIT, PRE_COMMIT ->
                throw new RefusedException(
                        Code.UNSUPPORTED, call + " came to a participant that takes no part in three-phase commits");
        }
    }

    private void reserve(Handle handle, BranchCall call) throws SQLException {
        GuardRow row = table.enter(handle, call, GuardRow.State.TRIED);
        if (row.isNew()) {
            participant.onTry(handle, call, payload(call));
            return;
        }
        row.admit(call);
        if (row.state() == GuardRow.State.CANCELLED) {
            throw new RefusedException(Code.LATE_TRY, call + " came after the cancel of its branch");
        }
        table.write(handle, call, row.state());
    }

    private void confirm(Handle handle, BranchCall call) throws SQLException {
        GuardRow row = table.find(handle, call)
                .orElseThrow(() -> new RefusedException(Code.WRONG_STATE, call + " found no try to confirm"));
        row.admit(call);
        if (row.state() == GuardRow.State.CANCELLED) {
            throw new RefusedException(Code.WRONG_STATE, call + " found its branch cancelled");
        }
        table.write(handle, call, GuardRow.State.CONFIRMED);
        if (row.state() == GuardRow.State.TRIED) {
            mustNotRefuse(call, () -> participant.onConfirm(handle, call, payload(call)));
        }
    }

    private void cancel(Handle handle, BranchCall call) throws SQLException {
        GuardRow row = table.enter(handle, call, GuardRow.State.CANCELLED);
        if (row.isNew()) {
            return;
        }
        row.admit(call);
        if (row.state() == GuardRow.State.CONFIRMED) {
            throw new RefusedException(Code.WRONG_STATE, call + " found its branch confirmed");
        }
        table.write(handle, call, GuardRow.State.CANCELLED);
        if (row.state() == GuardRow.State.TRIED) {
            mustNotRefuse(call, () -> participant.onCancel(handle, call, payload(call)));
        }
    }

    private P payload(BranchCall call) {
        try {
            return reader.read(call.payload().toByteArray());
        } catch (IOException e) {
            if (call.operation() == Operation.TRY) {
                throw new RefusedException(call + " has a payload that cannot be read: " + e.getMessage());
            }
            throw new UncheckedIOException(call + " has a payload that cannot be read", e);
        }
    }

    /** The second phase has no "no": it is a failure like any other, and repeated. */
    private static void mustNotRefuse(BranchCall call, Business business) throws SQLException {
        try {
            business.run();
        } catch (RefusedException e) {
            throw new TxnException(call + " was refused by the participant; only a try may be refused", e);
        }
    }

    /** One piece of business code. */
    @FunctionalInterface
    private interface Business {
        void run() throws SQLException;
    }
}
