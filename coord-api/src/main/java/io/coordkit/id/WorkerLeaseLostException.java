package io.coordkit.id;

/**
 * A worker number belongs to somebody else now, for its lease had expired. Whoever had it issues nothing any more, and
 * has issued nothing beyond what was reserved for it, so no id repeats. To go on, open a new generator: it gets a number
 * of its own.
 */
public final class WorkerLeaseLostException extends IdUnavailableException {
    private static final long serialVersionUID = 1L;

    private final int worker;
    private final String reason;

    /** That worker number of that tag is lost; the message says what the store had instead. */
    public WorkerLeaseLostException(String tag, int worker, String reason) {
        super(tag, "the lease of worker number " + worker + " is lost: " + reason + "; open a new generator", null);
        this.worker = worker;
        this.reason = reason;
    }

    /** The number that was lost. */
    public int worker() {
        return worker;
    }

    /** What the store had instead. */
    public String reason() {
        return reason;
    }
}
