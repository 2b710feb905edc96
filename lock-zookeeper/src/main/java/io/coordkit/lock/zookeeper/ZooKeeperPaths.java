package io.coordkit.lock.zookeeper;

import io.coordkit.config.PercentEncoding;
import io.coordkit.lock.spi.ReadWriteBackend.Access;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.curator.framework.api.CuratorEvent;

/**
 * The layout of the nodes, version 1. It is an interface between versions of Coordkit: all processes on one ensemble
 * must agree.
 *
 * <table>
 * <caption>Nodes</caption>
 * <tr><td>{@code /coordkit/lock-v1/NAME}</td><td>a container for the lock's queue, which the servers delete when it is
 * empty. {@code NAME} is the lock's name in UTF-8, each byte but ASCII letters, digits, {@code -}, {@code _} and
 * {@code :} as {@code %} with two upper-case hexadecimal digits</td></tr>
 * <tr><td>{@code CANDIDATE_SEQUENCE} in it</td><td>an ephemeral node: a place in the queue. It is empty, or has the reason
 * for which it was released by force. The lowest sequence holds the lock; the node's creating transaction (czxid) is the grant</td></tr>
 * <tr><td>{@code /coordkit/rw-v1/NAME}</td><td>a container for the queue of a read-write lock; its data are the node of the
 * last writer, and the transaction that wrote them (mzxid) is the grant of all until the next one</td></tr>
 * <tr><td>{@code CANDIDATE-r_SEQUENCE}, {@code CANDIDATE-w_SEQUENCE} in it</td><td>an ephemeral, empty node: a reader, or
 * a writer</td></tr>
 * </table>
 *
 * <p>A candidate is {@code CLIENT-N}, a client as {@link io.coordkit.lock.spi.ClientNames} has it: a node whose creation was never answered
 * is found again by it.
 *
 * <p>A sequence is an {@code int} that the servers count on beyond the highest into the negative numbers. So it is
 * compared by the sign of the difference, which is right as long as the queue is shorter than 2<sup>31</sup>.
 */
final class ZooKeeperPaths {
    /** Under which all queues are. */
    static final String TOP = "/coordkit/lock-v1";

    /** Under which the queues of all read-write locks are. */
    static final String SHARED_TOP = "/coordkit/rw-v1";

    private static final String WRITER = "-w";
    private static final String READER = "-r";
    private static final Pattern PLACE = Pattern.compile("[^_]*_(-?[0-9]+)");

    private ZooKeeperPaths() {}

    /** The container of that mutex's queue. */
    static String queue(String name) {
        return queue(TOP, name);
    }

    /** The container of that read-write lock's queue. */
    static String sharedQueue(String name) {
        return queue(SHARED_TOP, name);
    }

    /** The name of the mutex whose container is called that. */
    static String nameOf(String container) {
        return PercentEncoding.decode(container);
    }

    /** The first in a queue. */
    static Optional<String> first(List<String> queue) {
        return queue.stream()
                .filter(each -> PLACE.matcher(each).matches())
                .min((one, other) -> sequence(one) - sequence(other)); // for the overflow see above
    }

    /** Why that place was released by force, if it was. */
    static Optional<String> revocation(CuratorEvent place) {
        byte[] reason = place.getData();
        return reason == null || reason.length == 0
                ? Optional.empty()
                : Optional.of(new String(reason, StandardCharsets.UTF_8));
    }

    /** The candidate as it is called in the queue of a read-write lock. */
    static String shared(String candidate, Access access) {
        return candidate + (access == Access.WRITE ? WRITER : READER);
    }

    /** Whether that place in the queue of a read-write lock is a writer's. */
    static boolean isWriter(String place) {
        return place.contains(WRITER + "_");
    }

    private static String queue(String top, String name) {
        StringBuilder path =
                new StringBuilder(top.length() + 1 + name.length()).append(top).append('/');
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(each)) {
                path.append((char) each);
            } else {
                path.append('%').append(hexDigit(each >> 4)).append(hexDigit(each));
            }
        }
        return path.toString();
    }

    private static boolean isPlain(byte each) {
        return (each >= 'a' && each <= 'z')
                || (each >= 'A' && each <= 'Z')
                || (each >= '0' && each <= '9')
                || each == '-'
                || each == '_'
                || each == ':';
    }

    private static char hexDigit(int nibble) {
        return "0123456789ABCDEF".charAt(nibble & 0xf);
    }

    /** What the names of that candidate's nodes begin with. */
    static String prefix(String candidate) {
        return candidate + "_";
    }

    /** The place right before {@code own} in the queue; empty if {@code own} is the first. */
    static Optional<String> predecessor(String own, List<String> queue) {
        int ownSequence = sequence(own);
        String predecessor = null;
        int distance = Integer.MIN_VALUE;
        for (String each : queue) {
            Matcher place = PLACE.matcher(each);
            if (place.matches()) {
                int ahead = Integer.parseInt(place.group(1)) - ownSequence;
                if (ahead < 0 && ahead >= distance) {
                    predecessor = each;
                    distance = ahead;
                }
            }
        }
        return Optional.ofNullable(predecessor);
    }

    private static int sequence(String node) {
        Matcher place = PLACE.matcher(node);
        if (!place.matches()) {
            throw new IllegalArgumentException("not a place in a queue: '" + node + "'");
        }
        return Integer.parseInt(place.group(1));
    }
}
