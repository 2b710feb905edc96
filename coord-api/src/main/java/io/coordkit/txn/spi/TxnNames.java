package io.coordkit.txn.spi;

/** What gids, branch ids and other names may look like; the same for logs, guards and wires. */
public final class TxnNames {
    private static final int MAX_GID = 64;
    private static final int MAX_BRANCH = 32;
    private static final int MAX_NAME = 64;
    private static final int MAX_COORDINATOR = 96;

    private TxnNames() {}

    /**
     * That gid.
     *
     * @throws IllegalArgumentException unless it is 1 to 64 printable ASCII characters without spaces
     */
    public static String gid(String gid) {
        return check("gid", gid, MAX_GID);
    }

    /**
     * That branch id.
     *
     * @throws IllegalArgumentException unless it is 1 to 32 printable ASCII characters without spaces
     */
    public static String branch(String branch) {
        return check("branch", branch, MAX_BRANCH);
    }

    /**
     * That participant's name.
     *
     * @throws IllegalArgumentException unless it is 1 to 64 printable ASCII characters without spaces
     */
    public static String participant(String participant) {
        return check("participant", participant, MAX_NAME);
    }

    /**
     * That log's name.
     *
     * @throws IllegalArgumentException unless it is 1 to 64 printable ASCII characters without spaces
     */
    public static String home(String home) {
        return check("home", home, MAX_NAME);
    }

    /**
     * The name that is given to a coordinator, to which its log adds which start of it is meant.
     *
     * @throws IllegalArgumentException unless it is 1 to 64 printable ASCII characters without spaces
     */
    public static String coordinatorName(String name) {
        return check("coordinator name", name, MAX_NAME);
    }

    /**
     * A coordinator as its log knows it.
     *
     * @throws IllegalArgumentException unless it is 1 to 96 printable ASCII characters without spaces
     */
    public static String coordinator(String coordinator) {
        return check("coordinator", coordinator, MAX_COORDINATOR);
    }

    private static String check(String field, String value, int max) {
        // Databases merge what they think equal (case, accents, trailing blanks) and cut what is too long, in silence.
        if (value.isEmpty() || value.length() > max || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    field + " must be 1 to " + max + " printable ASCII characters without spaces, was '" + value + "'");
        }
        return value;
    }
}
