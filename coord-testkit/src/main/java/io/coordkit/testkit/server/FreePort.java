package io.coordkit.testkit.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds loopback ports for servers, which nobody else is given for as long as this process lives: also not while the
 * server is down and about to be started again. They lie below those from which systems take the local ends of outgoing
 * connections (from 32,768 on Linux, from 49,152 elsewhere). Ten thousand above each is room for a Redis Cluster's bus.
 *
 * <p>Each process claims block after block of them, by listening on the first of the block until it ends.
 *
 * <p>Thread-safe.
 */
public final class FreePort {
    private static final int LOWEST = 11_000;
    private static final int BLOCKS = 200;
    private static final int BLOCK_SIZE = 50;
    private static final int BUS_OFFSET = BLOCKS * BLOCK_SIZE;

    private static final Deque<Integer> UNTRIED = shuffledBlocks();
    private static final Deque<Integer> CLAIMED = new ArrayDeque<>();
    /** Open for as long as the process lives. */
    private static final Deque<ServerSocket> CLAIMS = new ArrayDeque<>();

    private FreePort() {}

    private static Deque<Integer> shuffledBlocks() {
        List<Integer> blocks = IntStream.range(0, BLOCKS)
                .mapToObj(block -> LOWEST + block * BLOCK_SIZE)
                .collect(Collectors.toList());
        Collections.shuffle(blocks);
        return new ArrayDeque<>(blocks);
    }

    /** A port that nobody listens on, and that has not been given before. */
    public static synchronized int find() {
        while (true) {
            if (CLAIMED.isEmpty()) {
                claim();
            }
            int port = CLAIMED.remove();
            if (isFree(port)) {
                return port;
            }
        }
    }

    /** As {@link #find}, and the port ten thousand above, where a Redis Cluster's bus listens, is free as well. */
    static int findWithBus() {
        int port = find();
        while (!isFree(port + BUS_OFFSET)) {
            port = find();
        }
        return port;
    }

    private static void claim() {
        while (!UNTRIED.isEmpty()) {
            int first = UNTRIED.remove();
            ServerSocket claim = listen(first);
            if (claim != null) {
                CLAIMS.add(claim);
                IntStream.range(first + 1, first + BLOCK_SIZE).forEach(CLAIMED::add);
                return;
            }
        }
        throw new IllegalStateException("No free port on loopback between " + LOWEST + " and "
                + (LOWEST + BLOCKS * BLOCK_SIZE - 1) + ": all are claimed by processes that run tests");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = listen(port)) {
            return socket != null;
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable ServerSocket listen(int port) {
        try {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        } catch (IOException taken) {
            return null;
        }
    }
}
