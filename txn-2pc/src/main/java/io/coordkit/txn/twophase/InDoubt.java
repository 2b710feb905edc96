package io.coordkit.txn.twophase;

import java.time.Duration;
import java.time.Instant;

/**
 * A branch that is prepared and waits for its outcome, with its locks. Immutable.
 *
 * @param database where
 * @param gid of its transaction
 * @param branch its id there
 * @param coordinator who began it
 * @param deadline no commit is decided after it, by the log's clock
 * @param age for how long this process has seen it waiting
 */
public record InDoubt(String database, String gid, String branch, String coordinator, Instant deadline, Duration age) {}
