package io.coordkit.id.snowflake;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the parts of an id are, from the highest bit: time, datacenter, machine, sequence. Datacenter and machine together
 * are the worker number. Immutable.
 *
 * @param unit what time is counted in, a millisecond or a second
 * @param timeBits how many bits the time has; when they have run out there are no more ids
 * @param datacenterBits the high bits of the worker number, if it is made of two; else 0
 * @param machineBits the rest of the worker number
 * @param sequenceBits how many bits number the ids of one worker in one unit
 */
public record SnowflakeLayout(Duration unit, int timeBits, int datacenterBits, int machineBits, int sequenceBits) {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Pattern FORM = Pattern.compile("(\\d{1,2})/(?:(\\d{1,2})/)?(\\d{1,2})/(\\d{1,2})(s?)");
    private static final int MAX_BITS = 63;
    private static final int MAX_WORKER_BITS = 30;
    private static final int MAX_POSITION_BITS = 62;

    /** 41/10/12: milliseconds for 69 years, 1,024 workers, 4,096 ids per millisecond and worker. */
    public static final SnowflakeLayout DEFAULT = new SnowflakeLayout(MILLI, 41, 0, 10, 12);
    /** 41/5/5/12: the same with 32 datacenters of 32 machines, as Twitter had it. */
    public static final SnowflakeLayout TWITTER = new SnowflakeLayout(MILLI, 41, 5, 5, 12);
    /** 28/22/13: seconds for 8 years and a half, 4,194,304 workers, 8,192 ids per second and worker. */
    public static final SnowflakeLayout SECONDS = new SnowflakeLayout(SECOND, 28, 0, 22, 13);
    /** 41/5/7: 53 bits, which a JavaScript number holds; 32 workers, 128 ids per millisecond and worker. */
    public static final SnowflakeLayout JAVASCRIPT = new SnowflakeLayout(MILLI, 41, 0, 5, 7);

    public SnowflakeLayout {
        if (!unit.equals(MILLI) && !unit.equals(SECOND)) {
            throw new IllegalArgumentException("unit must be " + MILLI + " or " + SECOND + ", was " + unit);
        }
        int bits = timeBits + datacenterBits + machineBits + sequenceBits;
        if (timeBits < 20 || datacenterBits < 0 || machineBits < 1 || sequenceBits < 1 || bits > MAX_BITS) {
            throw new IllegalArgumentException(
                    "layout must have at least 20 bits of time, 1 of machine and 1 of sequence,"
                            + " and at most " + MAX_BITS + " in all, was " + timeBits + "/" + datacenterBits + "/"
                            + machineBits + "/"
                            + sequenceBits);
        }
        if (datacenterBits + machineBits > MAX_WORKER_BITS || timeBits + sequenceBits > MAX_POSITION_BITS) {
            throw new IllegalArgumentException("layout must have at most " + MAX_WORKER_BITS + " bits of worker, and "
                    + MAX_POSITION_BITS + " of time and sequence together, was " + timeBits + "/" + datacenterBits + "/"
                    + machineBits + "/" + sequenceBits);
        }
        // Nanoseconds since the epoch must fit into 63 bits.
        int mostTimeBits = unit.equals(MILLI) ? 43 : 33;
        if (timeBits > mostTimeBits) {
            throw new IllegalArgumentException("timeBits must be at most " + mostTimeBits + ", was " + timeBits);
        }
    }

    /**
     * A layout by name ({@code default}, {@code twitter}, {@code seconds}, {@code javascript}) or by its bits:
     * {@code 41/10/12}, {@code 41/5/5/12}, and with an {@code s} at the end for seconds, {@code 28/22/13s}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static SnowflakeLayout parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "default" -> DEFAULT;
            case "twitter" -> TWITTER;
            case "seconds" -> SECONDS;
            case "javascript" -> JAVASCRIPT;
            default -> parseBits(text);
        };
    }

    private static SnowflakeLayout parseBits(String text) {
        Matcher bits = FORM.matcher(text);
        if (!bits.matches()) {
            throw new IllegalArgumentException("layout must be default, twitter, seconds, javascript, or bits such as"
                    + " 41/10/12, 41/5/5/12 or 28/22/13s, was '" + text + "'");
        }
        return new SnowflakeLayout(
                bits.group(5).isEmpty() ? MILLI : SECOND,
                Integer.parseInt(bits.group(1)),
                bits.group(2) == null ? 0 : Integer.parseInt(bits.group(2)),
                Integer.parseInt(bits.group(3)),
                Integer.parseInt(bits.group(4)));
    }

    /** How many worker numbers there are. */
    public int workers() {
        return 1 << workerBits();
    }

    /**
     * The worker number of a machine in a datacenter.
     *
     * @throws IllegalArgumentException if one of them has no room
     */
    public int worker(int datacenter, int machine) {
        if (datacenter < 0 || datacenter >= 1 << datacenterBits || machine < 0 || machine >= 1 << machineBits) {
            throw new IllegalArgumentException("datacenter must be below " + (1 << datacenterBits)
                    + " and machine below " + (1 << machineBits) + ", were " + datacenter + " and " + machine);
        }
        return datacenter << machineBits | machine;
    }

    /** Such as {@code 41/5/5/12} or {@code 28/22/13s}. */
    @Override
    public String toString() {
        return timeBits + "/" + (datacenterBits == 0 ? "" : datacenterBits + "/") + machineBits + "/" + sequenceBits
                + (unit.equals(MILLI) ? "" : "s");
    }

    // A "position" is an id without its worker: those of one generator are consecutive numbers.

    int workerBits() {
        return datacenterBits + machineBits;
    }

    long sequenceMask() {
        return (1L << sequenceBits) - 1;
    }

    /** The last unit that an id can carry. */
    long lastUnit() {
        return (1L << timeBits) - 1;
    }

    long position(long units, long sequence) {
        return units << sequenceBits | sequence;
    }

    /** The last position of that unit. */
    long endOf(long units) {
        return units << sequenceBits | sequenceMask();
    }

    long units(long position) {
        return position >> sequenceBits;
    }

    boolean endsUnit(long position) {
        return (position & sequenceMask()) == sequenceMask();
    }

    /** The last of {@code wanted} positions from {@code first} on that share its unit. */
    long lastOf(long first, int wanted) {
        return Math.min(first + wanted - 1, first | sequenceMask());
    }

    long id(long position, int worker) {
        return units(position) << (workerBits() + sequenceBits)
                | (long) worker << sequenceBits
                | (position & sequenceMask());
    }

    long unitsOfId(long id) {
        return id >>> (workerBits() + sequenceBits);
    }

    int workerOfId(long id) {
        return (int) (id >>> sequenceBits & (1L << workerBits()) - 1);
    }
}
