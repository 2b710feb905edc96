package io.coordkit.txn.core;

import java.io.IOException;
import java.util.List;

/** Passes everything on to another disk; subclasses do something before each of its changes. */
abstract class DelegatingDisk implements LogDisk {
    private final LogDisk disk;

    DelegatingDisk(LogDisk disk) {
        this.disk = disk;
    }

    /** Called before anything is changed, or forced. */
    abstract void change() throws IOException;

    /** Called in place of each write; which it does, or not. */
    void write(Appender appender, String file, byte[] bytes) throws IOException {
        appender.write(bytes);
    }

    @Override
    public final String place() {
        return disk.place();
    }

    @Override
    public final List<String> files() throws IOException {
        return disk.files();
    }

    @Override
    public final byte[] read(String file) throws IOException {
        return disk.read(file);
    }

    @Override
    public final Appender create(String file) throws IOException {
        change();
        Appender appender = disk.create(file);
        return new Appender() {
            @Override
            public void write(byte[] bytes) throws IOException {
                change();
                DelegatingDisk.this.write(appender, file, bytes);
            }

            @Override
            public void force() throws IOException {
                change();
                appender.force();
            }

            @Override
            public void close() throws IOException {
                appender.close();
            }
        };
    }

    @Override
    public final void delete(String file) throws IOException {
        change();
        disk.delete(file);
    }

    @Override
    public final void forceNames() throws IOException {
        change();
        disk.forceNames();
    }

    @Override
    public final void close() throws IOException {
        disk.close();
    }
}
