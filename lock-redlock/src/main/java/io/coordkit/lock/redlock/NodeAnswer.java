package io.coordkit.lock.redlock;

import java.time.Duration;
import java.util.List;

/** What came of asking one node for its vote. */
sealed interface NodeAnswer {

    /** It has voted for this candidate at this value. */
    record Voted() implements NodeAnswer {}

    /**
     * Another has the lock there.
     *
     * @param holder that candidate and its value
     * @param left how long it stays unless it is renewed
     */
    record Taken(String holder, Duration left) implements NodeAnswer {}

    /** The lock is free there, but a value at least as high as this has been voted for before. */
    record TooLow(long highWater) implements NodeAnswer {}

    /** It did not answer, or must not vote. */
    record Absent(String why) implements NodeAnswer {}

    /** As {@code vote.lua} has it. */
    static NodeAnswer of(List<Object> reply) {
        return switch (code(reply)) {
            case 1 -> new Voted();
            case 0 -> new Taken(text(reply, 1), Duration.ofMillis(Math.max(0, number(reply, 2))));
            case 2 -> new TooLow(number(reply, 1));
            default -> new Absent(refusal(reply));
        };
    }

    static int code(List<Object> reply) {
        return ((Number) reply.get(0)).intValue();
    }

    /** Why it must not take part, as {@code fitness.lua} has it. */
    static String refusal(List<Object> reply) {
        return switch (code(reply)) {
            case 3 ->
                "it may have lost data, being new, restarted or flushed, and does not vote for another "
                        + Duration.ofMillis(number(reply, 1));
            case 4 ->
                "it was set up for " + text(reply, 2) + " nodes with a max TTL of "
                        + Duration.ofMillis(number(reply, 1));
            default -> "it gave an answer that is not understood: " + reply;
        };
    }

    private static String text(List<Object> reply, int index) {
        return String.valueOf(reply.get(index));
    }

    private static long number(List<Object> reply, int index) {
        return Long.parseLong(text(reply, index));
    }
}
