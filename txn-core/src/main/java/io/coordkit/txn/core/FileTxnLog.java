package io.coordkit.txn.core;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A transaction log in files, for coordinators of one process: no database is needed, and those who decide at the same
 * time share one forced write. {@code docs/txn-log.md} describes the files.
 *
 * <p><b>Promised:</b> what was answered is on disk, whatever happens to the process or to the machine, as long as the disk
 * keeps what it reported as forced. A write or force that fails is not acknowledged, and needs no restart: the log begins
 * another file, and as long as it cannot, as on a full disk, each decision is answered by "unknown", and tried again with
 * the next call. An interrupted caller waits for its answer all the same, and stays interrupted.
 *
 * <p><b>Not promised:</b> the use by several processes, which is refused; the survival of the disk. It keeps everything
 * that it remembers in memory too: some 500 bytes for a transaction, and its payloads, until its retention is over.
 *
 * <p>Leases are kept in memory: when the log is opened, all coordinators that used it before are gone. Thread-safe.
 */
public final class FileTxnLog implements TxnLog {
    private static final long SEGMENT_BYTES = 16 << 20;

    private final LogWriter writer;
    private final LogTransactions transactions;
    private final LogLeases leases;
    private final LogClock clock;

    private FileTxnLog(LogWriter writer) {
        this.writer = writer;
        this.leases = writer.work().leases();
        this.clock = writer.work().clock();
        this.transactions = new LogTransactions(writer.work().state(), leases, clock);
    }

    /**
     * The log in that directory, which is made unless it exists and holds nothing else.
     *
     * @throws ConfigurationException if this or another process has it open
     * @throws BackendUnreachableException if it cannot be read or written
     * @throws io.coordkit.txn.TxnException if it is damaged, or of a format that this version does not know; nothing has
     *     been changed then
     */
    public static TxnLog open(Path directory) {
        return open(directory.toString(), () -> DirectoryDisk.take(directory), InstantSource.system(), SEGMENT_BYTES);
    }

    /**
     * The same for a directory named by a URI.
     *
     * @param uri such as {@code file:/var/lib/shop/txn}
     * @throws ConfigurationException also if it is not of that form
     */
    public static TxnLog open(URI uri) {
        try {
            return open(Path.of(uri));
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw new ConfigurationException(
                    "A transaction log in files needs a URI such as file:/var/lib/shop/txn, was '" + uri + "'", e);
        }
    }

    /** Takes a disk. */
    @FunctionalInterface
    interface Disks {
        LogDisk take() throws IOException;
    }

    static TxnLog open(String place, Disks disks, InstantSource source, long segmentBytes) {
        try {
            return new FileTxnLog(LogWriter.start(() -> work(disks.take(), source, segmentBytes)));
        } catch (IOException e) {
            throw new BackendUnreachableException("The transaction log in " + place + " could not be opened: " + e, e);
        }
    }

    private static LogWriter.Work work(LogDisk disk, InstantSource source, long segmentBytes) throws IOException {
        boolean done = false;
        try {
            Recovery.Found found = Recovery.of(disk);
            LogClock clock = new LogClock(source, System::nanoTime, found.millis());
            Segments segments = new Segments(disk, segmentBytes, found);
            LogState state = LogState.of(Stream.concat(
                    found.parts().stream().flatMap(part -> part.changes().stream()), found.unproven().stream()));
            // What was read may not all be on disk. It is now.
            segments.append(List.of(), true, clock.millis(), state::find);
            found.useless().forEach(segment -> SegmentFiles.remove(disk, segment));
            done = true;
            return new LogWriter.Work(disk, segments, state, new LogLeases(clock), clock);
        } finally {
            if (!done) {
                disk.close();
            }
        }
    }

    @Override
    public CoordinatorLease join(String name, Duration lease) {
        TxnNames.coordinatorName(name);
        LogArguments.lease(lease);
        return ask("joining of coordinator '" + name + "'", () -> transactions.join(name, lease));
    }

    @Override
    public Optional<CoordinatorLease> renew(String coordinator, Duration lease) {
        TxnNames.coordinator(coordinator);
        LogArguments.lease(lease);
        return ask("renewal of coordinator '" + coordinator + "'", () -> leases.renew(coordinator, lease));
    }

    @Override
    public void leave(String coordinator) {
        TxnNames.coordinator(coordinator);
        run("leaving of coordinator '" + coordinator + "'", () -> leases.leave(coordinator));
    }

    private <T> T ask(String what, Supplier<T> question) {
        return writer.ask(what, false, question);
    }

    private void run(String what, Runnable task) {
        ask(what, () -> {
            task.run();
            return what;
        });
    }

    @Override
    public TxnRecord decide(TxnProposal proposal) {
        return writer.ask(
                "decision " + proposal.decision() + " of '" + proposal.gid() + "'",
                true,
                () -> transactions.decide(proposal));
    }

    @Override
    public Optional<TxnRecord> resolve(TxnProposal abort) {
        return ask("resolution of '" + abort.gid() + "'", () -> transactions.resolve(abort));
    }

    @Override
    public void finish(List<String> gids) {
        if (!gids.isEmpty()) {
            run("end of " + gids.size() + " transactions", () -> transactions.finish(gids));
        }
    }

    @Override
    public Optional<TxnRecord> find(String gid) {
        TxnNames.gid(gid);
        return ask("reading of '" + gid + "'", () -> entry(gid).map(LogEntry::transaction));
    }

    @Override
    public Optional<TxnStatus> status(String gid) {
        TxnNames.gid(gid);
        return ask("state of '" + gid + "'", () -> entry(gid).map(LogEntry::status));
    }

    private Optional<LogEntry> entry(String gid) {
        return writer.work().state().find(gid);
    }

    @Override
    public List<TxnStatus> unfinished(int limit) {
        LogArguments.limit(limit);
        return ask("list of unfinished transactions", () -> transactions.unfinished(limit));
    }

    @Override
    public List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit) {
        LogArguments.limit(limit);
        return ask("list of transactions", () -> transactions.list(states, minAge, limit));
    }

    @Override
    public void needAttention(String gid, String note) {
        TxnNames.gid(gid);
        run("mark on '" + gid + "'", () -> transactions.needAttention(gid, note));
    }

    @Override
    public Optional<TxnRecord> retry(String gid, String coordinator) {
        TxnNames.gid(gid);
        TxnNames.coordinator(coordinator);
        return ask("retry of '" + gid + "'", () -> transactions.retry(gid, coordinator));
    }

    @Override
    public void finishByHand(String gid, String note) {
        TxnNames.gid(gid);
        run("end by hand of '" + gid + "'", () -> transactions.finishByHand(gid, note));
    }

    @Override
    public int purge(Duration retention, int limit) {
        LogArguments.limit(limit);
        return ask("purge", () -> transactions.purge(retention, limit));
    }

    @Override
    public List<TxnRecord> claim(String coordinator, int limit) {
        TxnNames.coordinator(coordinator);
        LogArguments.limit(limit);
        return ask("claim of abandoned transactions", () -> transactions.claim(coordinator, limit));
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    /** Answers what was asked, closes the files, and gives the directory back. Idempotent. */
    @Override
    public void close() {
        writer.close();
    }
}
