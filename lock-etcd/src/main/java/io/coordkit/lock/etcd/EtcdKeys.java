package io.coordkit.lock.etcd;

import io.coordkit.lock.spi.ReadWriteBackend.Access;
import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The key layout, version 1. It is an interface between versions of Coordkit: all processes on one etcd must agree.
 *
 * <table>
 * <caption>Keys; those of candidates hang on the lease in their name, and name their client, as {@link
 * io.coordkit.lock.spi.ClientNames} has it, or {@code !REASON} once they were released by force</caption>
 * <tr><td>{@code ck/l/BYTES/NAME/LEASE.N}</td><td>a candidate for the lock NAME, whose UTF-8 has BYTES bytes; the one
 * created first holds it</td></tr>
 * <tr><td>{@code ck/x/LEASE.N}</td><td>the candidate LEASE.N has left and must not enter any more</td></tr>
 * <tr><td>{@code ck/s/BYTES/NAME/r/LEASE.N}</td><td>a candidate to read under the read-write lock NAME; it may once no
 * writer's key was created before its own</td></tr>
 * <tr><td>{@code ck/s/BYTES/NAME/w/LEASE.N}</td><td>a candidate to write; it may once no key was created before its own
 * </td></tr>
 * <tr><td>{@code ck/g/BYTES/NAME/grant}</td><td>the key of the last who was given a grant of its own; the revision of this
 * is that grant. It is deleted by the last who leaves the lock</td></tr>
 * <tr><td>{@code ck/g/BYTES/NAME/entered}</td><td>the key of the last who entered; deleted with it</td></tr>
 * </table>
 *
 * <p>LEASE is 16 hexadecimal digits, N counts from 1 under a lease. The length before the name keeps the candidates of
 * {@code a} apart from those of {@code a/b}: no two names share a prefix.
 *
 * @param candidates the prefix of all candidates for that name
 * @param own this candidate's key
 * @param left the key that bars this candidate from entering
 */
record EtcdKeys(ByteSequence candidates, ByteSequence own, ByteSequence left) {

    private static final String MUTEXES = "ck/l/";

    static EtcdKeys of(String name, long lease, long number) {
        String candidate = HexFormat.of().toHexDigits(lease) + "." + number;
        String prefix = prefix(name);
        return new EtcdKeys(bytes(prefix), bytes(prefix + candidate), bytes("ck/x/" + candidate));
    }

    static String prefix(String name) {
        return prefix("l", name);
    }

    /** Where the candidates for all mutexes are. */
    static ByteSequence allMutexes() {
        return bytes(MUTEXES);
    }

    /** Behind all keys that begin like that. */
    static ByteSequence endOf(ByteSequence key) {
        byte[] end = key.getBytes();
        end[end.length - 1]++; // the layout has no prefix that ends with the last of all bytes
        return ByteSequence.from(end);
    }

    static ByteSequence candidates(String name) {
        return bytes(prefix(name));
    }

    /** That candidate's key, of the form LEASE.N. */
    static ByteSequence candidate(String name, String candidate) {
        return bytes(prefix(name) + candidate);
    }

    /** The name of the mutex that this candidate's key belongs to. */
    static String nameOf(ByteSequence key) {
        byte[] bytes = key.getBytes();
        int slash = MUTEXES.length();
        while (bytes[slash] != '/') {
            slash++;
        }
        int length =
                Integer.parseInt(new String(bytes, MUTEXES.length(), slash - MUTEXES.length(), StandardCharsets.UTF_8));
        return new String(bytes, slash + 1, length, StandardCharsets.UTF_8);
    }

    /** The lease that this candidate's key hangs on. */
    static long leaseOf(ByteSequence key) {
        String candidate = candidateOf(key);
        return HexFormat.fromHexDigitsToLong(candidate.substring(0, candidate.indexOf('.')));
    }

    /** LEASE.N of this key. */
    static String candidateOf(ByteSequence key) {
        String text = key.toString(StandardCharsets.UTF_8);
        return text.substring(text.lastIndexOf('/') + 1);
    }

    private static String prefix(String kind, String name) {
        return "ck/" + kind + "/" + name.getBytes(StandardCharsets.UTF_8).length + "/" + name + "/";
    }

    /**
     * The keys of a candidate for a read-write lock.
     *
     * @param all the prefix of all candidates for that name
     * @param inTheWay the prefix of those that may be in its way
     * @param own this candidate's key
     * @param left the key that bars this candidate from entering
     * @param grant the key of the last grant
     * @param entered the key of the last entry
     */
    record Shared(
            ByteSequence all,
            ByteSequence inTheWay,
            ByteSequence own,
            ByteSequence left,
            ByteSequence grant,
            ByteSequence entered) {

        static Shared of(String name, Access access, long lease, long number) {
            String candidate = HexFormat.of().toHexDigits(lease) + "." + number;
            String all = sharedPrefix(name);
            String own = all + (access == Access.WRITE ? "w/" : "r/") + candidate;
            String granted = prefix("g", name);
            return new Shared(
                    bytes(all),
                    bytes(access == Access.WRITE ? all : all + "w/"),
                    bytes(own),
                    bytes("ck/x/" + candidate),
                    bytes(granted + "grant"),
                    bytes(granted + "entered"));
        }
    }

    static String sharedPrefix(String name) {
        return prefix("s", name);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
