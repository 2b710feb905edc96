package io.coordkit.txn;

import io.coordkit.txn.spi.InquiryEndpoint;
import java.util.List;
import java.util.Optional;

/** What every kind of transaction offers beside running them. Thread-safe. */
public interface TxnService extends AutoCloseable {

    /**
     * What the log says of a transaction; empty if it is not decided. Reads only.
     *
     * @throws TxnException if the log cannot be read
     */
    Optional<TxnStatus> outcome(String gid);

    /**
     * Brings a transaction to an outcome: one that is not decided is aborted, for good, whoever is trying it.
     *
     * @throws TxnException if the log did not answer; it may be aborted or not
     */
    TxnStatus resolve(String gid);

    /**
     * The transactions that are decided and not finished, oldest first, at most {@code limit}.
     *
     * @throws TxnException if the log cannot be read
     */
    List<TxnStatus> unfinished(int limit);

    /** Answers participants that ask for the outcome of what they reserved. Of no use once this is closed. */
    InquiryEndpoint inquiries();

    /** For people who look after transactions. Of no use once this is closed. */
    TxnAdmin admin();

    /**
     * Takes no more transactions and stops; what is unfinished stays in the log, for another coordinator on it to take
     * up at once, or for this one at the next start.
     */
    @Override
    void close();
}
