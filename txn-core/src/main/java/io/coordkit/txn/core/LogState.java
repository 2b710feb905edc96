package io.coordkit.txn.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All transactions of a log in files, in memory, with the changes that are not written yet, which can be taken back.
 * Used by one thread.
 */
final class LogState {
    /** In the order of their decisions, or nearly: what was taken back is last. */
    private final Map<String, LogEntry> entries = new LinkedHashMap<>();

    private final Set<String> unfinished = new HashSet<>();

    private final List<LogChange> changes = new ArrayList<>();
    private final Map<String, Optional<LogEntry>> before = new LinkedHashMap<>();
    private long bytes;
    private boolean force;

    /** The state that those changes make, one after the other. */
    static LogState of(Stream<LogChange> history) {
        LogState replayed = new LogState();
        history.forEach(replayed::apply);
        LogState state = new LogState();
        replayed.all()
                .sorted(Comparator.comparing(LogEntry::decided))
                .forEach(entry -> state.keep(entry.gid(), Optional.of(entry)));
        return state;
    }

    /** Makes a change that is still to be written. */
    void write(LogChange change) {
        changes.add(change);
        apply(change);
    }

    /** What is asked for now is not answered before everything up to it is on disk. */
    void force() {
        force = true;
    }

    private void apply(LogChange change) {
        if (change instanceof LogChange.Put put) {
            set(put.entry().gid(), Optional.of(put.entry()));
            bytes += put.entry().bytes();
        } else if (change instanceof LogChange.Finished finished) {
            finished.gids().forEach(gid -> set(gid, find(gid).map(LogEntry::finished)));
        } else if (change instanceof LogChange.Forgotten forgotten) {
            forgotten.gids().forEach(gid -> set(gid, Optional.empty()));
        }
    }

    private void set(String gid, Optional<LogEntry> entry) {
        before.putIfAbsent(gid, find(gid));
        keep(gid, entry);
    }

    private void keep(String gid, Optional<LogEntry> entry) {
        entry.ifPresentOrElse(present -> entries.put(gid, present), () -> entries.remove(gid));
        if (entry.isPresent() && !entry.get().isFinished()) {
            unfinished.add(gid);
        } else {
            unfinished.remove(gid);
        }
    }

    Optional<LogEntry> find(String gid) {
        return Optional.ofNullable(entries.get(gid));
    }

    Stream<LogEntry> all() {
        return entries.values().stream();
    }

    /** In no order. */
    Stream<LogEntry> unfinished() {
        return unfinished.stream().flatMap(gid -> find(gid).stream());
    }

    List<LogChange> changes() {
        return List.copyOf(changes);
    }

    /** How much they hold, about. */
    long bytes() {
        return bytes;
    }

    boolean mustForce() {
        return force;
    }

    boolean isChanged() {
        return force || !changes.isEmpty();
    }

    /** They are written. */
    void keepChanges() {
        changes.clear();
        before.clear();
        bytes = 0;
        force = false;
    }

    /** They could not be written: everything is as it was before them. */
    void takeBackChanges() {
        before.forEach(this::keep);
        keepChanges();
    }
}
