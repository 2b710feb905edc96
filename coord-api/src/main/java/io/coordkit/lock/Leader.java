package io.coordkit.lock;

/** What is done by whoever leads; see {@link LeaderElection}. */
@FunctionalInterface
public interface Leader {

    /**
     * Leads, until it returns or is interrupted. It is interrupted when the leadership is lost and when the election is
     * closed: it must return then, for another may lead already.
     *
     * @param leadership with the fencing token of this term, greater than that of every earlier one; it closes when this
     *     returns
     */
    void lead(Hold leadership) throws Exception;
}
