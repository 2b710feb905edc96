package io.coordkit.txn.spi;

/**
 * The end a transaction is to take.
 *
 * @param reason why it is aborted, in a sentence; empty for a commit, cut to {@value #MAX_REASON} characters
 */
public record Decision(boolean isCommit, String reason) {
    /** The longest reason a log must keep. */
    public static final int MAX_REASON = 500;

    /** Confirm every branch. */
    public static final Decision COMMIT = new Decision(true, "");

    public Decision {
        if (isCommit && !reason.isEmpty()) {
            throw new IllegalArgumentException("reason of a commit must be empty, was '" + reason + "'");
        }
        reason = cut(reason);
    }

    /** Cancel every branch. */
    public static Decision abort(String reason) {
        return new Decision(false, reason);
    }

    private static String cut(String text) {
        if (text.length() <= MAX_REASON) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(MAX_REASON - 1)) ? MAX_REASON - 1 : MAX_REASON);
    }

    @Override
    public String toString() {
        return isCommit ? "COMMIT" : "ABORT (" + reason + ")";
    }
}
