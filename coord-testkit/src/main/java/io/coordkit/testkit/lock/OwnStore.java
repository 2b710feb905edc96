package io.coordkit.testkit.lock;

import io.coordkit.lock.spi.LockBackend;

/** A store that one test has for itself, to end and to start it again. */
public interface OwnStore extends AutoCloseable {

    /** A new backend on this store, as another process would open it. */
    LockBackend open();

    /** What a message must say so that its reader knows which store is meant, for example {@code 127.0.0.1:40123}. */
    String address();

    /** Ends the store at once, as {@code kill -9} would. */
    void stop();

    /** Starts it again at the same address, with its data or without; returns when it serves. */
    void start();

    /** Ends it for good, whether it runs or not. */
    @Override
    void close();
}
