package io.coordkit.lock.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The key layout, version 1. It is an interface between versions of Coordkit: all processes on one Redis must agree.
 *
 * <table>
 * <caption>Keys and channels; {@code b} is the low byte of the CRC-32 of the name's UTF-8, in decimal</caption>
 * <tr><td>{@code ck:{b}:l:NAME}</td><td>a string {@code CANDIDATE GRANT} with the lock's TTL; once it was
 * released by force, {@code !CANDIDATE GRANT REASON}</td></tr>
 * <tr><td>{@code ck:{b}:q:NAME}</td><td>a sorted set of waiting candidates by the server time in ms at which each
 * counts as dead; it expires with its last</td></tr>
 * <tr><td>{@code ck:{b}:p:NAME}</td><td>a read-write lock: a sorted set of all candidates by their arrival</td></tr>
 * <tr><td>{@code ck:{b}:d:NAME}</td><td>all of them by the server time in ms at which each counts as dead</td></tr>
 * <tr><td>{@code ck:{b}:v:NAME}</td><td>the writers among them by their arrival</td></tr>
 * <tr><td>{@code ck:{b}:u:NAME}</td><td>those that wait by their arrival</td></tr>
 * <tr><td>{@code ck:{b}:g:NAME}</td><td>a hash: the last {@code grant}, and the {@code writer} whose it is, or nothing if
 * a reader's</td></tr>
 * <tr><td>{@code ck:{b}:h}</td><td>the highest grant in this bucket; 256 of them at most, and they stay</td></tr>
 * <tr><td>{@code ck:w:CLIENT}</td><td>the channel on which a client's candidates are woken, by candidate</td></tr>
 * <tr><td>{@code ck:{b}:w:CLIENT}</td><td>in a cluster, that channel for the candidates of this bucket</td></tr>
 * </table>
 *
 * <p>A candidate is {@code CLIENT:N}, a client as {@link io.coordkit.lock.spi.ClientNames} has it. The braces keep the keys of a bucket in
 * one cluster slot. One high-water mark per bucket, not per lock: marks must outlive their locks, and locks are many.
 */
final class RedisKeys {
    static final String CHANNEL_PREFIX = "ck:w:";

    private final String bucketPrefix;
    private final String name;

    private RedisKeys(String bucketPrefix, String name) {
        this.bucketPrefix = bucketPrefix;
        this.name = name;
    }

    static RedisKeys of(String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return new RedisKeys("ck:{" + (crc.getValue() & 0xff) + "}:", name);
    }

    /** A pattern for SCAN that matches the keys of locks whose names begin like that. */
    static String lockPattern(String namePrefix) {
        return "ck:{*}:l:" + namePrefix.replaceAll("[*?\\[\\]\\\\^-]", "\\\\$0") + "*";
    }

    /** The name of the lock with that key. */
    static String nameOfLock(String key) {
        return key.substring(key.indexOf("}:l:") + "}:l:".length());
    }

    /** Equal for names whose keys live together. */
    String bucket() {
        return bucketPrefix;
    }

    String bucketChannelPrefix() {
        return bucketPrefix + "w:";
    }

    String lock() {
        return bucketPrefix + "l:" + name;
    }

    String queue() {
        return bucketPrefix + "q:" + name;
    }

    /** The five keys of a read-write lock, in the order in which its scripts want them. */
    List<String> shared() {
        return Stream.of("p", "d", "v", "u", "g")
                .map(kind -> bucketPrefix + kind + ":" + name)
                .toList();
    }

    List<String> sharedAndHighWater() {
        return Stream.concat(shared().stream(), Stream.of(highWater())).toList();
    }

    String highWater() {
        return bucketPrefix + "h";
    }
}
