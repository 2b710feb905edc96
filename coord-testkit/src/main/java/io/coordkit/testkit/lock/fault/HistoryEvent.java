package io.coordkit.testkit.lock.fault;

/**
 * Something that a worker did at the resource.
 *
 * @param kind what
 * @param worker who
 * @param tenure its how-manieth entry of all, from 1; 0 outside one
 * @param era the era of the store that gave the token
 * @param token the lock's fencing token; 0 if it has none
 * @param checked whether the worker asks the lock before each write
 * @param accepted whether the resource let it happen
 * @param at when, by {@link System#nanoTime} of the resource
 */
record HistoryEvent(
        Kind kind, int worker, long tenure, int era, long token, boolean checked, boolean accepted, long at) {

    /** What a worker does. */
    enum Kind {
        /** It begins to wait for the lock. */
        REQUEST,
        /** It has the lock, and reads what its writes depend on: the resource's fence is raised to its token. */
        ENTER,
        /** It has entered the lock once more; the token is that of the further hold. */
        REENTER,
        /** It writes. */
        WRITE,
        /** It is done, and still has the lock. */
        EXIT,
        /** It has been told that it lost the lock. */
        LOST,
        /** It did not get the lock in time. */
        BUSY,
        /** It could not reach the store. */
        TROUBLE
    }

    /** Whether its holder is older than that one's. Tenures of a lock without tokens are as old as their entry. */
    boolean isOlderThan(HistoryEvent other) {
        if (token == 0 || other.token == 0) {
            return tenure < other.tenure;
        }
        return era != other.era ? era < other.era : token < other.token;
    }
}
