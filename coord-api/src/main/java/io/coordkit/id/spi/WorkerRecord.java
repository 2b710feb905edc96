package io.coordkit.id.spi;

import java.time.Instant;

/**
 * What a store keeps of one worker number. Immutable.
 *
 * @param owner who has it, at most 40 characters, no blanks; empty if it was given back
 * @param reservedUntil the last time that any owner so far may have put into an id, in whole milliseconds
 */
public record WorkerRecord(String owner, Instant reservedUntil) {
    /** A record of nobody. */
    public static final String NOBODY = "";
}
