package io.coordkit.txn.coordinator;

import java.time.Instant;

/**
 * When a transaction has begun.
 *
 * @param nanos by the coordinator's ticker
 * @param deadline by the log's clock: no commit is decided after it
 */
public record Start(Terms terms, long nanos, Instant deadline) {}
