package io.coordkit.txn.core;

import io.coordkit.txn.core.CrashPoint.Moment;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * A disk that tells of each change that is about to be appended, and of how far it has come, to somebody who may say that
 * everything ends there: then it does no more. Used by one thread at a time.
 */
final class CrashingDisk extends DelegatingDisk {
    private final LogDisk disk;
    private final BiPredicate<String, Moment> dies;
    private final Runnable death;
    private final Map<String, byte[]> contents = new HashMap<>();
    private boolean dead;

    /**
     * @param dies told of what is appended and of when; whether everything ends there
     * @param death run when everything has ended
     */
    CrashingDisk(LogDisk disk, BiPredicate<String, Moment> dies, Runnable death) {
        super(disk);
        this.disk = disk;
        this.dies = dies;
        this.death = death;
    }

    @Override
    void change() throws IOException {
        if (dead) {
            throw new IOException("the process is dead");
        }
    }

    @Override
    void write(Appender appender, String file, byte[] bytes) throws IOException {
        List<LogChange> changes = changes(file, bytes);
        if (diesAt(changes, Moment.NOT_SENT)) {
            throw died("died before it wrote");
        }
        if (diesAt(changes, Moment.TORN)) {
            appender.write(Arrays.copyOf(bytes, bytes.length / 2));
            throw died("died as it wrote");
        }
        appender.write(bytes);
        if (diesAt(changes, Moment.NOT_FORCED)) {
            throw died("died when it had written");
        }
        if (diesAt(changes, Moment.FORCED)) {
            appender.force();
            disk.forceNames();
            throw died("died when it had forced");
        }
    }

    /** Asks of each change, for there may be several in one write. */
    private boolean diesAt(List<LogChange> changes, Moment moment) {
        dead |= changes.stream().map(CrashPoint::what).distinct().anyMatch(what -> dies.test(what, moment));
        return dead;
    }

    private IOException died(String when) {
        death.run();
        return new IOException(when);
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
}
