package io.coordkit.testkit.lock.fault;

/**
 * Something bad that happens while processes contend for a lock.
 *
 * @param name in the table, for example {@code holder paused}
 * @param fair whether they ask for the lock in turn, on a backend that promises it
 * @param fencedOnly whether it deceives the store itself, so that only the tokens can help: what is promised without them
 *     is counted then, but not judged
 * @param strike does it
 */
public record LockFault(String name, boolean fair, boolean fencedOnly, Strike strike) {

    /** One among processes that are not fair. */
    public LockFault(String name, Strike strike) {
        this(name, false, false, strike);
    }

    /** Does something bad, and undoes what can be undone. */
    public interface Strike {

        /**
         * Returns when the fault is over or has been survived.
         *
         * @return the moment from which on somebody must get in, by {@link System#nanoTime}: that of the heal, or that
         *     of the fault if nothing heals it
         */
        long hit(FaultRun run) throws Exception;
    }

    @Override
    public String toString() {
        return name;
    }
}
