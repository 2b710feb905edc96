package io.coordkit.lock.redlock;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The key layout on each node, version 1. It is an interface between versions of Coordkit: all clients of a node must
 * agree. Locks of {@code lock-redis} on the same server have other keys.
 *
 * <table>
 * <caption>Keys and channels; {@code b} is the low byte of the CRC-32 of the name's UTF-8, in decimal</caption>
 * <tr><td>{@code ckr:node}</td><td>the marker, a hash: {@code run}, the server's run id; {@code since}, its time in ms
 * when that run was first seen without this key; {@code max-ttl} in ms and {@code nodes}, how many there are</td></tr>
 * <tr><td>{@code ckr:b:l:NAME}</td><td>the node's vote, a string {@code CANDIDATE VALUE} with the lock's TTL;
 * once it was released by force, {@code !CANDIDATE VALUE REASON}</td></tr>
 * <tr><td>{@code ckr:b:q:NAME}</td><td>a sorted set of waiting candidates by the server time in ms at which each
 * counts as dead; it expires with its last</td></tr>
 * <tr><td>{@code ckr:b:h}</td><td>the highest value voted for in this bucket; 256 of them at most, and they stay</td></tr>
 * <tr><td>{@code ckr:w:CLIENT}</td><td>the channel on which a client's candidates are woken, by candidate</td></tr>
 * </table>
 *
 * <p>A candidate is {@code CLIENT:N}, a client as {@link io.coordkit.lock.spi.ClientNames} has it. High-water marks belong to buckets, not to
 * locks, because they must outlive their locks, and locks are many.
 */
final class RedlockKeys {
    static final String MARKER = "ckr:node";
    static final String CHANNEL_PREFIX = "ckr:w:";

    private final String bucketPrefix;
    private final String name;

    private RedlockKeys(String bucketPrefix, String name) {
        this.bucketPrefix = bucketPrefix;
        this.name = name;
    }

    static RedlockKeys of(String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return new RedlockKeys("ckr:" + (crc.getValue() & 0xff) + ":", name);
    }

    /** A pattern for SCAN that matches the keys of locks whose names begin like that. */
    static String lockPattern(String namePrefix) {
        return "ckr:*:l:" + namePrefix.replaceAll("[*?\\[\\]\\\\^-]", "\\\\$0") + "*";
    }

    /** The name of the lock with that key. */
    static String nameOfLock(String key) {
        return key.substring(key.indexOf(":l:") + ":l:".length());
    }

    String lock() {
        return bucketPrefix + "l:" + name;
    }

    String queue() {
        return bucketPrefix + "q:" + name;
    }

    String highWater() {
        return bucketPrefix + "h";
    }
}
