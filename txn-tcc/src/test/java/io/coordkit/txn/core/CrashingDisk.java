package io.coordkit.txn.core;

import io.coordkit.txn.core.CrashPoint.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * A disk that tells of each change that is about to be appended, and of how far it has come, to somebody who may say that
 * everything ends there: then it does no more. Used by one thread at a time.
 */
final class CrashingDisk implements LogDisk {
    private final LogDisk disk;
    private final BiPredicate<String, Moment> dies;
    private final Map<String, byte[]> contents = new HashMap<>();
    private boolean dead;

    /** @param dies told of what is appended and of when; whether everything ends there */
    CrashingDisk(LogDisk disk, BiPredicate<String, Moment> dies) {
        this.disk = disk;
        this.dies = dies;
    }

    private void mustLive() throws IOException {
        if (dead) {
            throw new IOException("the process is dead");
        }
    }

    /** Asks of each change, for there may be several in one write. */
    private boolean diesAt(List<LogChange> changes, Moment moment) {
        dead |= changes.stream().map(CrashPoint::what).distinct().anyMatch(what -> dies.test(what, moment));
        return dead;
    }

    private List<LogChange> changes(String file, byte[] bytes) {
        byte[] before = contents.getOrDefault(file, new byte[0]);
        byte[] after = Arrays.copyOf(before, before.length + bytes.length);
        System.arraycopy(bytes, 0, after, before.length, bytes.length);
        contents.put(file, after);
        long number = Long.parseLong(file.replaceAll("\\D", ""));
        return SegmentImage.of(file, number, after).after(before.length).stream()
                .flatMap(frame -> frame.changes().stream())
                .toList();
    }

    @Override
    public Appender create(String file) throws IOException {
        mustLive();
        Appender appender = disk.create(file);
        return new Appender() {
            @Override
            public void write(byte[] bytes) throws IOException {
                mustLive();
                List<LogChange> changes = changes(file, bytes);
                if (diesAt(changes, Moment.NOT_SENT)) {
                    throw new IOException("died before it wrote");
                }
                if (diesAt(changes, Moment.TORN)) {
                    appender.write(Arrays.copyOf(bytes, bytes.length / 2));
                    throw new IOException("died as it wrote");
                }
                appender.write(bytes);
                if (diesAt(changes, Moment.NOT_FORCED)) {
                    throw new IOException("died when it had written");
                }
                if (diesAt(changes, Moment.FORCED)) {
                    appender.force();
                    disk.forceNames();
                    throw new IOException("died when it had forced");
                }
            }

            @Override
            public void force() throws IOException {
                mustLive();
                appender.force();
            }

            @Override
            public void close() throws IOException {
                appender.close();
            }
        };
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
    public void delete(String file) throws IOException {
        mustLive();
        disk.delete(file);
    }

    @Override
    public void forceNames() throws IOException {
        mustLive();
        disk.forceNames();
    }

    @Override
    public void close() {
        try {
            disk.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
