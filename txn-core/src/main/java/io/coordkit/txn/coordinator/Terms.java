package io.coordkit.txn.coordinator;

import io.coordkit.txn.spi.Operation;
import java.time.Duration;
import java.util.List;

/**
 * How long a caller gives a transaction.
 *
 * @param timeout how long it may stay undecided
 * @param patience how long to wait for every branch's acknowledgement after the decision; zero not to
 * @param rounds what the branches are asked before the decision, one after the other
 */
public record Terms(Duration timeout, Duration patience, List<Operation> rounds) {
    /** 10 s, not to wait, and one round of tries. */
    public static final Terms DEFAULTS = new Terms(Duration.ofSeconds(10), Duration.ZERO, List.of(Operation.TRY));

    private static final Duration MIN = Duration.ofMillis(1);
    private static final Duration MAX = Duration.ofHours(1);

    public Terms {
        rounds = List.copyOf(rounds);
    }

    /** The same in two rounds: all are told of the votes before it is decided. */
    public Terms threePhase() {
        return new Terms(timeout, patience, List.of(Operation.CAN_COMMIT, Operation.PRE_COMMIT));
    }

    /** Whether all are told of the votes before it is decided. */
    public boolean isThreePhase() {
        return rounds.size() > 1;
    }

    /**
     * The same with another timeout.
     *
     * @param newTimeout 1 ms to 1 hour
     */
    public Terms withTimeout(Duration newTimeout) {
        return new Terms(checked("timeout", newTimeout), patience, rounds);
    }

    /**
     * The same with other patience.
     *
     * @param newPatience 1 ms to 1 hour
     */
    public Terms withPatience(Duration newPatience) {
        return new Terms(timeout, checked("patience", newPatience), rounds);
    }

    private static Duration checked(String field, Duration value) {
        if (value.compareTo(MIN) < 0 || value.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(field + " must be between " + MIN + " and " + MAX + ", was " + value);
        }
        return value;
    }
}
