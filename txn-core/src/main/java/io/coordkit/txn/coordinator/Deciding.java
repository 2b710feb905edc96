package io.coordkit.txn.coordinator;

import io.coordkit.txn.LocalWork;
import io.coordkit.txn.spi.TransactionalLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;

/**
 * Has a proposal decided, and waits.
 *
 * @param <T> what the transaction's body returned
 */
@FunctionalInterface
interface Deciding<T> {
    TxnRecord decide(TxnProposal proposal, T value);

    /** In the log alone. */
    static <T> Deciding<T> inLog(CoordinatorRuntime runtime) {
        return (proposal, value) -> runtime.threads().askLog(() -> runtime.log().decide(proposal));
    }

    /**
     * A commit together with that work.
     *
     * @throws IllegalStateException if the log cannot do that
     */
    static <T> Deciding<T> with(LocalWork<T> work, CoordinatorRuntime runtime) {
        if (!(runtime.log() instanceof TransactionalLog log)) {
            throw new IllegalStateException(
                    "Coordinator '" + runtime.membership().coordinator()
                            + "' cannot decide in a database transaction: its log is not in a database");
        }
        Deciding<T> alone = inLog(runtime);
        return (proposal, value) -> proposal.decision().isCommit()
                ? runtime.threads().askLocally(() -> log.decide(proposal, connection -> work.run(connection, value)))
                : alone.decide(proposal, value);
    }
}
