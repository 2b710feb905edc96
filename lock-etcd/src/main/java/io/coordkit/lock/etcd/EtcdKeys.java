package io.coordkit.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The key layout, version 1. It is an interface between versions of Coordkit: all processes on one etcd must agree.
 *
 * <table>
 * <caption>Keys; all of them are empty and hang on the lease in their name</caption>
 * <tr><td>{@code ck/l/BYTES/NAME/LEASE.N}</td><td>a candidate for the lock NAME, whose UTF-8 has BYTES bytes; the one
 * created first holds it</td></tr>
 * <tr><td>{@code ck/x/LEASE.N}</td><td>the candidate LEASE.N has left and must not enter any more</td></tr>
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

    static EtcdKeys of(String name, long lease, long number) {
        String candidate = HexFormat.of().toHexDigits(lease) + "." + number;
        String prefix = prefix(name);
        return new EtcdKeys(bytes(prefix), bytes(prefix + candidate), bytes("ck/x/" + candidate));
    }

    static String prefix(String name) {
        return "ck/l/" + name.getBytes(StandardCharsets.UTF_8).length + "/" + name + "/";
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
