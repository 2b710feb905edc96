package io.coordkit.txn.twophase;

import io.coordkit.ConfigurationException;
import io.coordkit.txn.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import javax.transaction.xa.Xid;

/**
 * One branch as its database knows it. From what {@code XA RECOVER} lists alone, anybody can tell whose it is: the gid is
 * the global transaction id; the qualifier holds the branch, the name of the log that decides, and the coordinator that
 * began it. The branch's id holds its number, its deadline, and the connection that it was begun on, so no two runs of
 * one gid have the same.
 *
 * @param branch number, deadline, connection, a serial number and the owner, in base 36
 * @param coordinator as its log knows it: a name, a slash and a number
 */
record BranchXid(String gid, String branch, String home, String coordinator) implements Xid {
    /** "CK2P" in ASCII: what has another format is not ours. */
    static final int FORMAT = 0x434B3250;

    private static final int RADIX = 36;
    private static final int PARTS_OF_ID = 5;
    /** With what stands before it. */
    private static final int LENGTH_OF_OWNER = 1 + 4;
    /** The longest branch id, with its space, and what stands between and after the names. */
    private static final int BESIDE_NAMES = 24 + LENGTH_OF_OWNER + 1 + 1 + 9;

    /** It has no owner yet. */
    static BranchXid of(
            String gid, String number, Instant deadline, long connection, int serial, String home, String coordinator) {
        String id = String.join(
                ":",
                number,
                Long.toString(deadline.toEpochMilli(), RADIX),
                Long.toString(connection, RADIX),
                Integer.toString(Math.floorMod(serial, RADIX * RADIX), RADIX));
        return new BranchXid(gid, id, home, coordinator);
    }

    /** The same of that owner, as {@link ResourceName#owner} tells it. */
    BranchXid ownedBy(String owner) {
        return new BranchXid(gid, branch + ':' + owner, home, coordinator);
    }

    /** Whom it belongs to, of all that prepare branches on the server. */
    String owner() {
        return branch.split(":", -1)[PARTS_OF_ID - 1];
    }

    /**
     * Whether the names leave room for the rest.
     *
     * @throws ConfigurationException if they do not
     */
    static void requireRoom(String home, String coordinatorName) {
        int room = MAXBQUALSIZE - BESIDE_NAMES;
        if (home.length() + coordinatorName.length() > room) {
            throw new ConfigurationException("home and name of a two-phase commit coordinator must be " + room
                    + " characters together or fewer, for a branch's id in its database holds both; were '" + home
                    + "' and '" + coordinatorName + "'");
        }
    }

    /** The branch that a database lists; empty if it is not one of ours. */
    static Optional<BranchXid> parse(Xid xid) {
        if (xid.getFormatId() != FORMAT) {
            return Optional.empty();
        }
        return parse(ascii(xid.getGlobalTransactionId()), ascii(xid.getBranchQualifier()));
    }

    /** The branch that a log remembers. */
    static BranchXid of(String gid, Payload payload) {
        return parse(gid, ascii(payload.toByteArray()))
                .orElseThrow(() -> new IllegalArgumentException("Not the payload of a branch in a database: " + gid));
    }

    static Optional<BranchXid> parse(String gid, String qualifier) {
        String[] parts = qualifier.split(" ", -1);
        if (parts.length != 3 || parts[0].split(":", -1).length != PARTS_OF_ID) {
            return Optional.empty();
        }
        int slash = parts[2].lastIndexOf('/');
        try {
            long start = Long.parseLong(parts[2].substring(slash + 1), RADIX);
            BranchXid parsed = new BranchXid(gid, parts[0], parts[1], parts[2].substring(0, slash + 1) + start);
            parsed.connection();
            parsed.deadline();
            return Optional.of(parsed);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** What its coordinator calls the branch; for a database of the coordinator's own, a part of that. */
    String number() {
        return branch.split(":", -1)[0];
    }

    Payload payload() {
        return Payload.of(getBranchQualifier());
    }

    /** No commit is decided after it, by the log's clock. */
    Instant deadline() {
        return Instant.ofEpochMilli(Long.parseLong(branch.split(":", -1)[1], RADIX));
    }

    /** The connection that it was begun on, as its server numbers them; 0 if it does not. */
    long connection() {
        return Long.parseLong(branch.split(":", -1)[2], RADIX);
    }

    /** Whether it fits into what databases allow, once it has its owner. */
    boolean leavesRoomForOwner() {
        return getGlobalTransactionId().length <= MAXGTRIDSIZE
                && getBranchQualifier().length + LENGTH_OF_OWNER <= MAXBQUALSIZE;
    }

    @Override
    public int getFormatId() {
        return FORMAT;
    }

    @Override
    public byte[] getGlobalTransactionId() {
        return bytes(gid);
    }

    @Override
    public byte[] getBranchQualifier() {
        int slash = coordinator.lastIndexOf('/');
        String start = Long.toString(Long.parseLong(coordinator.substring(slash + 1)), RADIX);
        return bytes(branch + ' ' + home + ' ' + coordinator.substring(0, slash + 1) + start);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String ascii(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return "gid=" + gid + " branch=" + branch;
    }
}
