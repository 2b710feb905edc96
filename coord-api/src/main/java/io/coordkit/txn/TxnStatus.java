package io.coordkit.txn;

import java.time.Instant;

/**
 * What the log says of one transaction that is decided.
 *
 * @param reason why it was aborted; empty otherwise
 * @param decided when it was decided, by the log's clock
 */
public record TxnStatus(String gid, TxnState state, String reason, Instant decided) {}
