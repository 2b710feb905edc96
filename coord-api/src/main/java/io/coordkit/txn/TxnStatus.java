package io.coordkit.txn;

import java.time.Instant;

/**
 * What the log says of one transaction.
 *
 * @param reason why it was aborted; empty otherwise
 * @param begun when it was begun, by the log's clock
 */
public record TxnStatus(String gid, TxnState state, String reason, Instant begun) {}
