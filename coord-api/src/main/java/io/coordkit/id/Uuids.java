package io.coordkit.id;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * UUIDs: version 7, which begin with the time, and version 4, which are random alone.
 *
 * <p><b>Promised:</b> the version 7 UUIDs of one instance ascend strictly, as text and as unsigned numbers (not by
 * {@link UUID#compareTo}, which is signed), in the order of the calls, whatever the clock does. Between processes it is
 * 62 random bits that keep them apart, from a cryptographic source.
 *
 * <p><b>How.</b> 48 bits of milliseconds, a counter of 12 bits that begins at a random number in its lower half and rises
 * with each UUID of the same millisecond, and 62 random bits: RFC 9562, section 6.2, method 1. When the counter has run out
 * or the clock goes back, the time runs ahead of the clock.
 *
 * <p>Thread-safe.
 */
public final class Uuids {
    private static final int COUNTER_BITS = 12;
    private static final int COUNTER_STARTS = 1 << (COUNTER_BITS - 1);
    private static final long COUNTER_MASK = (1 << COUNTER_BITS) - 1;
    private static final long VERSION_7 = 0x7000;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final AtomicLong last = new AtomicLong();
    private final InstantSource clock;
    private final RandomGenerator random;

    /** UUIDs by the system's clock and its source of cryptographic randomness. */
    public Uuids() {
        this(InstantSource.system(), new SecureRandom());
    }

    /** UUIDs by another clock and source of randomness, which must be thread-safe. */
    public Uuids(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** The next UUID of version 7. */
    public UUID v7() {
        long now = (clock.millis() << COUNTER_BITS) | random.nextInt(COUNTER_STARTS);
        long position = last.updateAndGet(before -> Math.max(before + 1, now));
        return new UUID(
                (position >>> COUNTER_BITS << 16) | VERSION_7 | (position & COUNTER_MASK),
                VARIANT | (random.nextLong() >>> 2));
    }

    /** A UUID of version 4. */
    public UUID v4() {
        long high = random.nextLong();
        return new UUID((high & ~0xf000L) | 0x4000, VARIANT | (random.nextLong() >>> 2));
    }

    /**
     * The time in a UUID of version 7, in milliseconds.
     *
     * @throws IllegalArgumentException if it is of another version
     */
    public static Instant timeOf(UUID uuid) {
        if (uuid.version() != 7) {
            throw new IllegalArgumentException("uuid must be of version 7, was " + uuid);
        }
        return Instant.ofEpochMilli(uuid.getMostSignificantBits() >>> 16);
    }
}
