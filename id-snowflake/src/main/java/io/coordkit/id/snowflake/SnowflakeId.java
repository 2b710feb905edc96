package io.coordkit.id.snowflake;

import java.time.Instant;

/**
 * The parts of an id.
 *
 * @param time when it was issued, by its generator's clock, as exactly as the layout counts
 * @param datacenter the high bits of the worker number; 0 where the layout has none
 * @param machine the rest of the worker number
 * @param sequence its number among those of that worker and time
 */
public record SnowflakeId(Instant time, int datacenter, int machine, long sequence) {}
