package io.coordkit.txn.spi;

import java.time.Instant;

/**
 * A coordinator's place in its log.
 *
 * @param coordinator its name, a slash, and the number of this start of it, which rises
 * @param now the log's clock when it answered
 * @param until by the log's clock: until then nobody claims what this coordinator has decided
 */
public record CoordinatorLease(String coordinator, Instant now, Instant until) {
    public CoordinatorLease {
        TxnNames.coordinator(coordinator);
    }
}
