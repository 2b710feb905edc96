package io.coordkit.testkit.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds loopback ports for servers. They lie below those from which systems take the local ends of outgoing
 * connections (from 32,768 on Linux, from 49,152 elsewhere): otherwise a client could be given a server's port between
 * the search and the start, or while the server is down and about to be started again. Ten thousand above each is room
 * for a Redis Cluster's bus.
 *
 * <p>Thread-safe.
 */
public final class FreePort {
    private static final int LOWEST = 11_000;
    private static final int HIGHEST = 21_999;

    /** Each process searches a part of them only, so that two at a time seldom find the same. */
    private static final int PARTS = 10;

    private static final int BUS_OFFSET = 10_000;
    private static final int ATTEMPTS = 1_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** A port that nobody listens on, and that this process has not been given before. */
    public static int find() {
        int size = (HIGHEST - LOWEST + 1) / PARTS;
        int first = LOWEST + (int) (ProcessHandle.current().pid() % PARTS) * size;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(first, first + size);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port on loopback between " + first + " and " + (first + size - 1));
    }

    /** As {@link #find}, and the port ten thousand above, where a Redis Cluster's bus listens, is free as well. */
    static int findWithBus() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = find();
            if (isFree(port + BUS_OFFSET) && GIVEN.add(port + BUS_OFFSET)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port with one free " + BUS_OFFSET + " above it");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
