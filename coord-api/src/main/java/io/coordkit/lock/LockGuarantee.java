package io.coordkit.lock;

/** One thing a lock backend may promise. */
public enum LockGuarantee {
    /** Every new holder's token is greater than all earlier ones of that name. */
    FENCED,
    /** {@link #FENCED} also when the store restarts without its data. */
    FENCED_AFTER_DATA_LOSS,
    /** Two processes never hold a name at the same time by the store's own account, though any one node be lost. */
    SURVIVES_NODE_LOSS,
    /** With {@link LockOptions#fair}, waiters of all processes are served in the order in which they asked the store. */
    FAIR,
    /** A release wakes one waiter, and the others sleep on. Without it all that may be next are woken, as by a hint. */
    WAKES_ONE,
    /** {@link LockClient#readWrite Read-write locks}, their holders served in the order in which they asked the store. */
    READ_WRITE
}
