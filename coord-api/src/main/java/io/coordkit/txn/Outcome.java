package io.coordkit.txn;

/**
 * How a transaction ended, as far as is known when the answer is given.
 *
 * @param <T> what the transaction's body returned
 */
public sealed interface Outcome<T> {

    /** The transaction's global id. */
    String gid();

    /**
     * The decision to commit is durable: every branch is or will be confirmed.
     *
     * @param value what the body returned, also when the gid had been committed by an earlier run
     */
    record Committed<T>(String gid, T value) implements Outcome<T> {}

    /**
     * The decision to abort is durable: every branch is or will be cancelled.
     *
     * @param reason who refused and why, in a sentence
     */
    record Aborted<T>(String gid, String reason) implements Outcome<T> {}

    /**
     * Nothing is decided yet: the branches belong to the transaction in whose body this one ran, and follow it.
     *
     * @param gid that transaction's
     */
    record Joined<T>(String gid, T value) implements Outcome<T> {}

    /**
     * The log did not say whether the decision was written. It is one of the two and will be carried out; ask
     * {@link Tcc#outcome(String)} later.
     */
    record Unknown<T>(String gid, Throwable cause) implements Outcome<T> {}
}
