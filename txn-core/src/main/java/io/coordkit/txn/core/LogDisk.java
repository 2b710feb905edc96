package io.coordkit.txn.core;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The files of one log, in one flat directory. Used by one thread at a time, which nobody interrupts. */
interface LogDisk extends Closeable {

    /** Where it is, for people. */
    String place();

    /** The names of all files, the lock excluded. */
    List<String> files() throws IOException;

    /** The whole of a file. */
    byte[] read(String file) throws IOException;

    /** A new, empty file. */
    Appender create(String file) throws IOException;

    /** Removes a file. */
    void delete(String file) throws IOException;

    /** Returns when the names of the files are on disk. */
    void forceNames() throws IOException;

    /** A file that grows. */
    interface Appender extends Closeable {
        /** Adds all these bytes; when it fails, some of them may have been added. */
        void write(byte[] bytes) throws IOException;

        /**
         * Returns when everything that was added is on disk. When it fails, nobody knows what is, and asking again does
         * not tell: an operating system may drop what it could not write and report success the next time.
         */
        void force() throws IOException;
    }
}
