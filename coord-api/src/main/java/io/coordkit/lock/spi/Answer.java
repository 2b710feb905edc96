package io.coordkit.lock.spi;

import java.time.Duration;

/** The store's answer to a {@link Candidacy#request()}. */
public sealed interface Answer {

    /**
     * The lock is ours.
     *
     * @param grant greater than every earlier grant of this name, less than 2<sup>53</sup>; the low ten bits of a
     *     token count local hand-overs
     * @param validFor how long the store keeps it, counted from the moment {@code request} was called
     */
    record Granted(long grant, Duration validFor) implements Answer {
        public Granted {
            if (grant <= 0 || grant >= 1L << 53) {
                throw new IllegalArgumentException("grant must be between 1 and 2^53 - 1, was " + grant);
            }
        }
    }

    /**
     * Somebody else has it; a wake-up will come when it is our turn.
     *
     * @param retryAfter when to ask again if no wake-up came, for wake-ups can be lost
     */
    record Pending(Duration retryAfter) implements Answer {}
}
