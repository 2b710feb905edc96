package io.coordkit.txn;

import java.time.Instant;

/**
 * What the log says of one transaction that is decided.
 *
 * @param reason why it was aborted; empty otherwise
 * @param decided when it was decided, by the log's clock
 * @param needsAttention whether its coordinator has given up on a branch, and a person has to look
 * @param note what was wrong when it was given up, or why it was ended by hand; empty otherwise
 */
public record TxnStatus(
        String gid, TxnState state, String reason, Instant decided, boolean needsAttention, String note) {}
