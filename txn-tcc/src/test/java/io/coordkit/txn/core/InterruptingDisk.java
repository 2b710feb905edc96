package io.coordkit.txn.core;

import java.io.IOException;
import java.util.List;

/** A disk that interrupts threads right before one of its operations, its own user among them. */
final class InterruptingDisk implements LogDisk {
    private final LogDisk disk;
    private final int at;
    private final Thread other;
    private int operations;

    /**
     * @param at the number of the operation, from 1
     * @param other whom to interrupt as well
     */
    InterruptingDisk(LogDisk disk, int at, Thread other) {
        this.disk = disk;
        this.at = at;
        this.other = other;
    }

    private synchronized void count() {
        operations++;
        if (operations == at) {
            Thread.currentThread().interrupt();
            other.interrupt();
        }
    }

    synchronized int operations() {
        return operations;
    }

    @Override
    public String place() {
        return disk.place();
    }

    @Override
    public List<String> files() throws IOException {
        return disk.files();
    }

    @Override
    public byte[] read(String file) throws IOException {
        return disk.read(file);
    }

    @Override
    public Appender create(String file) throws IOException {
        count();
        Appender appender = disk.create(file);
        return new Appender() {
            @Override
            public void write(byte[] bytes) throws IOException {
                count();
                appender.write(bytes);
            }

            @Override
            public void force() throws IOException {
                count();
                appender.force();
            }

            @Override
            public void close() throws IOException {
                appender.close();
            }
        };
    }

    @Override
    public void delete(String file) throws IOException {
        count();
        disk.delete(file);
    }

    @Override
    public void forceNames() throws IOException {
        count();
        disk.forceNames();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
