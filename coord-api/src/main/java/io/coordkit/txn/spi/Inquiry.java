package io.coordkit.txn.spi;

/**
 * A participant's question about what it has reserved.
 *
 * @param origin as the try told it
 */
public record Inquiry(String gid, String branch, TxnOrigin origin) {
    public Inquiry {
        TxnNames.gid(gid);
        TxnNames.branch(branch);
    }
}
