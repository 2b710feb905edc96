package io.coordkit.testkit.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What one server runs in, which is begun when this is made. Not thread-safe. */
interface ServerHost {

    /** What it runs. */
    ServerProgram program();

    /** Starts the server again with whatever data it keeps; one that still runs is killed first. */
    void begin();

    /**
     * Returns once the server is ready.
     *
     * @throws IllegalStateException with the end of its log, if it exits or is not ready in time; it is killed then
     */
    void await(BooleanSupplier ready, String where, Duration timeout);

    /** Kills it, if it runs, as {@code kill -9} does, and sees it gone. */
    void kill();

    /** Stops it in its tracks: its connections stay open, and nothing answers. */
    void pause();

    /** Lets it go on. */
    void resume();

    /** Takes it off its network: its connections stay open, and nothing gets through. */
    default void disconnect() {
        throw noNetwork();
    }

    /** Puts it back on its network, at its address. */
    default void reconnect() {
        throw noNetwork();
    }

    private UnsupportedOperationException noNetwork() {
        return new UnsupportedOperationException(
                program().name() + " from " + program().origin() + " has no network of its own; start it with one");
    }

    /** Makes its data those of a new server, while it is down. */
    void erase();

    /** Deletes it with its data, while it is down. */
    void delete();
}
