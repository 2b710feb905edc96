package io.coordkit.lock.redlock;

import java.time.Duration;

/** What came of one proposal. */
sealed interface Outcome {

    /** A majority has voted for it. */
    record Won() implements Outcome {}

    /**
     * A majority has voted for one other candidate.
     *
     * @param left how long the last of these votes stays unless it is renewed
     */
    record Held(Duration left) implements Outcome {}

    /** The lock is free, and a value above this one may win. */
    record Outbid(long highWater) implements Outcome {}

    /** The votes are split, or hidden on nodes that are absent: nobody is seen to have a majority. */
    record Split() implements Outcome {}

    /** Too few nodes can vote at all. */
    record NoQuorum(String why) implements Outcome {}
}
