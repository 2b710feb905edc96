package io.coordkit.testkit.txn;

import io.coordkit.txn.DuplicateGidException;
import io.coordkit.txn.Payload;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A log on a map that stands for the store, with one fault. */
final class MemoryTxnLog implements TxnLog {
    /** What the store keeps of a transaction. */
    record Entry(TxnRecord record, Instant begun) {
        TxnStatus status() {
            return new TxnStatus(record.gid(), record.state(), record.reason(), begun);
        }

        Entry with(TxnState state, String reason, long epoch) {
            return new Entry(
                    new TxnRecord(record.gid(), state, reason, epoch, record.deadline(), record.branches()), begun);
        }
    }

    private final Map<String, Entry> shared;
    private final Map<String, Entry> store;
    private final LogFault fault;
    private final InstantSource clock = InstantSource.system();

    MemoryTxnLog(Map<String, Entry> shared, LogFault fault) {
        this.shared = shared;
        this.store = fault == LogFault.T8_WRITES_ON_CLOSE ? new HashMap<>(shared) : shared;
        this.fault = fault;
    }

    @Override
    public void begin(String gid, Duration timeout, List<TxnBranch> branches) {
        synchronized (shared) {
            if (fault != LogFault.T2_BEGINS_AGAIN && store.containsKey(key(gid))) {
                throw new DuplicateGidException(gid);
            }
            Instant now = clock.instant();
            List<TxnBranch> kept = branches.stream().map(this::kept).toList();
            String name = fault == LogFault.T11_ACCEPTS_ANY_GID ? presentable(gid) : gid;
            store.put(key(gid), new Entry(new TxnRecord(name, TxnState.ACTIVE, "", 1, now.plus(timeout), kept), now));
        }
    }

    private TxnBranch kept(TxnBranch branch) {
        if (fault != LogFault.T1_LOSES_WHAT_FOLLOWS_A_ZERO) {
            return branch;
        }
        byte[] bytes = branch.payload().toByteArray();
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new TxnBranch(branch.id(), branch.participant(), Payload.of(Arrays.copyOf(bytes, end)));
    }

    @Override
    public Decision decide(String gid, Decision proposed) {
        synchronized (shared) {
            Entry entry = store.get(key(gid));
            if (entry == null) {
                if (fault == LogFault.T10_DECIDES_THE_UNKNOWN) {
                    return proposed;
                }
                throw new TxnException("Transaction '" + gid + "' is not in the log", null);
            }
            TxnRecord record = entry.record();
            if (record.state().isDecided() && fault != LogFault.T3_LAST_DECISION_STANDS) {
                boolean commit = record.state() == TxnState.COMMITTING || record.state() == TxnState.COMMITTED;
                return commit ? Decision.COMMIT : Decision.abort(record.reason());
            }
            if (record.state().isFinished()) {
                return record.state() == TxnState.COMMITTED ? Decision.COMMIT : Decision.abort(record.reason());
            }
            boolean late = clock.instant().isAfter(record.deadline());
            Decision standing = proposed.isCommit() && late && fault != LogFault.T4_COMMITS_AFTER_THE_DEADLINE
                    ? Decision.abort("too late")
                    : proposed;
            TxnState state = standing.isCommit() ? TxnState.COMMITTING : TxnState.ABORTING;
            store.put(key(gid), entry.with(state, standing.reason(), record.epoch()));
            return standing;
        }
    }

    @Override
    public void finish(List<String> gids) {
        synchronized (shared) {
            for (String gid : gids) {
                store.computeIfPresent(
                        key(gid),
                        (any, entry) -> entry.with(
                                finished(entry.record().state()),
                                entry.record().reason(),
                                entry.record().epoch()));
            }
        }
    }

    private TxnState finished(TxnState state) {
        return switch (state) {
            case ACTIVE -> fault == LogFault.T5_FINISHES_THE_UNDECIDED ? TxnState.ABORTED : state;
            case COMMITTING, COMMITTED -> TxnState.COMMITTED;
            case ABORTING, ABORTED -> TxnState.ABORTED;
        };
    }

    @Override
    public Optional<TxnStatus> status(String gid) {
        synchronized (shared) {
            return Optional.ofNullable(store.get(key(gid))).map(Entry::status);
        }
    }

    @Override
    public List<TxnStatus> unfinished(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or greater, was " + limit);
        }
        Comparator<TxnStatus> oldestFirst = Comparator.comparing(TxnStatus::begun);
        synchronized (shared) {
            return store.values().stream()
                    .map(Entry::status)
                    .filter(status -> !status.state().isFinished())
                    .sorted(fault == LogFault.T6_LISTS_THE_NEWEST_FIRST ? oldestFirst.reversed() : oldestFirst)
                    .limit(limit)
                    .toList();
        }
    }

    @Override
    public Optional<TxnRecord> takeOver(String gid) {
        synchronized (shared) {
            return Optional.ofNullable(store.computeIfPresent(
                            key(gid),
                            (any, entry) -> entry.record().state().isFinished()
                                    ? entry
                                    : entry.with(
                                            entry.record().state(),
                                            entry.record().reason(),
                                            entry.record().epoch() + (fault == LogFault.T7_RAISES_NO_EPOCH ? 0 : 1))))
                    .map(Entry::record);
        }
    }

    private static String presentable(String gid) {
        return gid.matches("[!-~]{1,64}") ? gid : "malformed";
    }

    private String key(String gid) {
        return switch (fault) {
            case T9_IGNORES_CASE -> TxnNames.gid(gid).toLowerCase(Locale.ROOT);
            case T11_ACCEPTS_ANY_GID -> gid;
            default -> TxnNames.gid(gid);
        };
    }

    @Override
    public void close() {
        synchronized (shared) {
            shared.putAll(store);
        }
    }
}
