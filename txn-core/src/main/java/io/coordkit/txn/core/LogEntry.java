package io.coordkit.txn.core;

import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Instant;

/** A transaction as a log in files remembers it. Immutable: a change makes another. */
record LogEntry(TxnRecord transaction, Instant decided, boolean needsAttention, String note) {

    String gid() {
        return transaction.gid();
    }

    boolean isFinished() {
        return transaction.state().isFinished();
    }

    /** Whether it is a commit that was ended by hand: only that has a note once it is finished. */
    boolean isCommitByHand() {
        return transaction.state() == TxnState.COMMITTED && !note.isEmpty();
    }

    TxnStatus status() {
        return new TxnStatus(gid(), transaction.state(), transaction.reason(), decided, needsAttention, note);
    }

    /** How many bytes it takes, about. */
    long bytes() {
        int fixed = 200 + transaction.reason().length() + note.length();
        return transaction.branches().stream()
                .mapToLong(branch -> 64 + branch.payload().size())
                .reduce(fixed, Long::sum);
    }

    LogEntry finished() {
        TxnState end = transaction.state().isCommit() ? TxnState.COMMITTED : TxnState.ABORTED;
        return new LogEntry(with(end, transaction.epoch(), transaction.coordinator()), decided, false, note);
    }

    LogEntry marked(String newNote) {
        return new LogEntry(transaction, decided, true, newNote);
    }

    LogEntry finishedByHand(String newNote) {
        return new LogEntry(finished().transaction(), decided, false, newNote);
    }

    /** Under a higher epoch, without a mark. */
    LogEntry takenBy(String coordinator) {
        return new LogEntry(with(transaction.state(), transaction.epoch() + 1, coordinator), decided, false, "");
    }

    private TxnRecord with(TxnState state, long epoch, String coordinator) {
        return new TxnRecord(
                gid(), state, transaction.reason(), epoch, coordinator, transaction.deadline(), transaction.branches());
    }
}
