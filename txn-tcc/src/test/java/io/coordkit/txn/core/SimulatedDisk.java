package io.coordkit.txn.core;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A disk with its cache: what was written is seen at once, but only what was forced survives a power loss, and a force
 * that failed has lost what it was to write although the cache still shows it, as operating systems do it. The same for
 * the names of files. One operation can be made to fail, the machine can be made to die there, and the disk can be full.
 * Thread-safe.
 */
final class SimulatedDisk implements LogDisk {
    /** What a power loss leaves of bytes that were not forced. */
    enum Remains {
        NOTHING,
        FIRST_HALF,
        LAST_HALF,
        EVERYTHING
    }

    private static final class File {
        private byte[] cache = {};
        private byte[] disk = {};
        private boolean named;
        private boolean deleted;

        void force() {
            // What an earlier force has lost is not written by a later one: it only knows of what came since.
            disk = Arrays.copyOf(disk, cache.length);
            System.arraycopy(cache, known, disk, known, cache.length - known);
            known = cache.length;
        }

        void lose() {
            disk = Arrays.copyOf(disk, cache.length);
            known = cache.length;
        }

        private int known;

        File after(Remains remains) {
            byte[] left = disk.clone();
            int unforced = cache.length - known;
            if (remains != Remains.NOTHING) {
                int from = remains == Remains.LAST_HALF ? known + unforced / 2 : known;
                int to = remains == Remains.FIRST_HALF ? known + unforced / 2 : cache.length;
                left = Arrays.copyOf(disk, to);
                System.arraycopy(cache, from, left, from, to - from);
            }
            File file = new File();
            file.cache = left;
            file.disk = left.clone();
            file.known = left.length;
            file.named = true;
            return file;
        }
    }

    private final Map<String, File> files = new TreeMap<>();
    private int operations;
    private int failing;
    private @Nullable DiskFault fault;
    private boolean mortal;
    private boolean dead;
    private long capacity = Long.MAX_VALUE;
    private volatile CountDownLatch hold = new CountDownLatch(0);
    private final AtomicInteger forces = new AtomicInteger();

    /** The operation of that number, from 1, fails once. */
    synchronized void failAt(int operation, DiskFault how) {
        failing = operation;
        fault = how;
    }

    /** The machine dies at the operation of that number: it and all later ones fail. */
    synchronized void dieAt(int operation, DiskFault how) {
        failAt(operation, how);
        mortal = true;
    }

    synchronized int operations() {
        return operations;
    }

    /** At most so many bytes fit on it. */
    synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /** A force takes until that latch is open. */
    void hold(CountDownLatch latch) {
        hold = latch;
    }

    /** How often a file was to be forced. */
    int forces() {
        return forces.get();
    }

    /** The disk as another process finds it when this one has been killed; nothing fails on it. */
    SimulatedDisk afterKill() {
        return copy(
                file -> {
                    File same = new File();
                    same.cache = file.cache.clone();
                    same.disk = file.disk.clone();
                    same.known = file.known;
                    same.named = file.named;
                    return same;
                },
                false);
    }

    /** The disk after the power was off; files whose removal was not forced are back. */
    SimulatedDisk afterPowerLoss(Remains remains) {
        return copy(file -> file.after(remains), true);
    }

    private synchronized SimulatedDisk copy(UnaryOperator<File> kept, boolean namesLost) {
        SimulatedDisk copy = new SimulatedDisk();
        files.forEach((name, file) -> {
            if (namesLost ? file.named : !file.deleted) {
                copy.files.put(name, kept.apply(file));
            }
        });
        return copy;
    }

    /** Counts, and fails if it is time. The task gets how many of a write's bytes are to be written, of so many. */
    private synchronized void operate(int length, IntFunction<Runnable> task) throws IOException {
        operations++;
        if (dead) {
            throw new IOException("the machine is dead");
        }
        DiskFault now = operations == failing ? fault : null;
        dead = mortal && now != null;
        if (now == null) {
            task.apply(length).run();
            return;
        }
        if (now == DiskFault.DONE) {
            task.apply(length).run();
        } else if (now == DiskFault.HALF_DONE && length > 0) {
            task.apply(length / 2).run();
        }
        throw new IOException("operation " + operations + " failed, " + now);
    }

    @Override
    public String place() {
        return "memory";
    }

    @Override
    public synchronized List<String> files() {
        return files.entrySet().stream()
                .filter(each -> !each.getValue().deleted)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public synchronized byte[] read(String name) throws IOException {
        return file(name).cache.clone();
    }

    private File file(String name) throws IOException {
        File file = files.get(name);
        if (file == null || file.deleted) {
            throw new FileNotFoundException(name);
        }
        return file;
    }

    @Override
    public Appender create(String name) throws IOException {
        File file = new File();
        operate(0, any -> () -> files.put(name, file));
        return new Appender() {
            @Override
            public void write(byte[] bytes) throws IOException {
                ensureRoom(file, bytes);
                operate(bytes.length, count -> () -> append(file, Arrays.copyOf(bytes, count)));
            }

            @Override
            public void force() throws IOException {
                forces.incrementAndGet();
                try {
                    hold.await();
                } catch (InterruptedException e) {
                    throw new IOException("the log's own thread was interrupted", e);
                }
                try {
                    operate(0, any -> file::force);
                } catch (IOException e) {
                    file.lose();
                    throw e;
                }
            }

            @Override
            public void close() {}
        };
    }

    private static void append(File file, byte[] bytes) {
        int end = file.cache.length;
        file.cache = Arrays.copyOf(file.cache, end + bytes.length);
        System.arraycopy(bytes, 0, file.cache, end, bytes.length);
    }

    private synchronized void ensureRoom(File file, byte[] bytes) throws IOException {
        long used = files.values().stream()
                .filter(each -> !each.deleted)
                .mapToLong(each -> each.cache.length)
                .sum();
        if (used + bytes.length > capacity) {
            append(file, Arrays.copyOf(bytes, (int) Math.max(0, capacity - used)));
            throw new IOException("No space left on device");
        }
    }

    @Override
    public void delete(String name) throws IOException {
        File file = file(name);
        operate(0, any -> () -> file.deleted = true);
    }

    @Override
    public void forceNames() throws IOException {
        operate(0, any -> () -> {
            files.values().removeIf(file -> file.deleted);
            files.values().forEach(file -> file.named = true);
        });
    }

    @Override
    public void close() {}
}
