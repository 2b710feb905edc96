package io.coordkit.txn;

/** The log has that gid already: it was begun before, by this coordinator or by another. */
public final class DuplicateGidException extends TxnException {
    private static final long serialVersionUID = 1L;

    private final String gid;

    /** That gid is taken. */
    public DuplicateGidException(String gid) {
        super("Transaction '" + gid + "' has been begun before", null);
        this.gid = gid;
    }

    /** The global id that is taken. */
    public String gid() {
        return gid;
    }
}
