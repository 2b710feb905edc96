package io.coordkit.txn;

/** A transaction inside its body. Not thread-safe; of no use after the body returned. */
public interface TccTransaction {

    /** The transaction's global id. */
    String gid();

    /**
     * Adds a branch: one participant's share of the work. Branch ids are the numbers from 1 in the order of enlisting.
     *
     * @param participant the name it was registered with
     * @param payload what its try, confirm and cancel will be given; at most 1 MiB
     * @return the branch id
     * @throws IllegalArgumentException if no participant of that name is registered, or the payload is too large
     */
    String enlist(String participant, byte[] payload);
}
