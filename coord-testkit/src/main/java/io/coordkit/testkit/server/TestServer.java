package io.coordkit.testkit.server;

/**
 * A real server on loopback that a test may hurt, whatever it runs in: a process of this machine or a container.
 *
 * <p>Thread-safe. It ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public interface TestServer extends AutoCloseable {

    /** Host and port, for example {@code 127.0.0.1:12345}. */
    String address();

    /** Its port on 127.0.0.1. */
    int port();

    /** The version of the program that runs, for example {@code 7.0.15}. */
    String version();

    /** Where the program comes from, for example {@code the program /usr/bin/etcd}. */
    String origin();

    /** Kills it as {@code kill -9} does. Does nothing to a server that is down. */
    void kill9();

    /**
     * Starts it again at its address with whatever data it keeps; one that still runs is killed first.
     *
     * @throws IllegalStateException if it is closed, or does not come up
     */
    void restart();

    /** Starts it again as a new one without its data. Only for one that is alone. */
    void restartEmpty();

    /** Stops it in its tracks (SIGSTOP): connections stay open, and nothing answers. */
    void pause();

    /** Lets a paused server go on. */
    void resume();

    /**
     * Takes it off its network: connections stay open, and nothing gets through.
     *
     * @throws UnsupportedOperationException if it was not started with a network of its own
     */
    void disconnect();

    /** Puts it back on its network, as a restart does, too. */
    void reconnect();

    /** Ends it and deletes its data. Idempotent. */
    @Override
    void close();
}
