package io.coordkit.id;

/**
 * The ids from {@code from} (inclusive) to {@code to} (exclusive).
 *
 * @param from at least 1
 * @param to greater than {@code from}
 */
public record IdRange(long from, long to) {
    public IdRange {
        if (from < 1 || to <= from) {
            throw new IllegalArgumentException("range must satisfy 1 <= from < to, was [" + from + ", " + to + ")");
        }
    }

    /** How many ids it has. */
    public long size() {
        return to - from;
    }
}
