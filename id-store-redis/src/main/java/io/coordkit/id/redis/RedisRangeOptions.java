package io.coordkit.id.redis;

/**
 * How ranges are kept. Immutable.
 *
 * @param step how many ids a range has, unless more are wished for; 1 to 1,000,000,000, default 1000
 * @param reserve how many ids are written ahead in the floor at a time, and lost at most when Redis restarts; from the
 *     step to 1,000,000,000,000, default 1,000,000
 */
public record RedisRangeOptions(int step, long reserve) {
    private static final int MAX_STEP = 1_000_000_000;
    private static final long MAX_RESERVE = 1_000_000_000_000L;

    /** Step 1000, reserve 1,000,000. */
    public static final RedisRangeOptions DEFAULTS = new RedisRangeOptions(1000, 1_000_000);

    public RedisRangeOptions {
        if (step < 1 || step > MAX_STEP) {
            throw new IllegalArgumentException("step must be between 1 and " + MAX_STEP + ", was " + step);
        }
        if (reserve < step || reserve > MAX_RESERVE) {
            throw new IllegalArgumentException(
                    "reserve must be between the step, " + step + ", and " + MAX_RESERVE + ", was " + reserve);
        }
    }
}
