package io.coordkit.testkit.txn;

import io.coordkit.txn.Payload;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A log on maps that stand for the store, with one fault. */
final class MemoryTxnLog implements TxnLog {
    /** What the store keeps of a transaction. */
    record Entry(TxnRecord record, Instant decided, boolean needsAttention, String note) {
        TxnStatus status() {
            return new TxnStatus(record.gid(), record.state(), record.reason(), decided, needsAttention, note);
        }

        Entry noted(boolean attention, String newNote) {
            String kept = newNote.substring(0, Math.min(newNote.length(), TxnLog.MAX_NOTE));
            return new Entry(record, decided, attention, kept);
        }

        Entry with(TxnState state, long epoch, String coordinator) {
            return new Entry(
                    new TxnRecord(
                            record.gid(),
                            state,
                            record.reason(),
                            epoch,
                            coordinator,
                            record.deadline(),
                            record.branches()),
                    decided,
                    needsAttention && !state.isFinished(),
                    note);
        }
    }

    /** What all logs on one store share. */
    static final class Store {
        private final Map<String, Entry> entries = new HashMap<>();
        private final Map<String, Instant> leases = new HashMap<>();
        private final Map<String, Long> starts = new HashMap<>();
    }

    private final Store store;
    private final Map<String, Entry> entries;
    private final LogFault fault;
    private final InstantSource clock = InstantSource.system();

    MemoryTxnLog(Store store, LogFault fault) {
        this.store = store;
        this.entries = fault == LogFault.T8_WRITES_ON_CLOSE ? new HashMap<>(store.entries) : store.entries;
        this.fault = fault;
    }

    @Override
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public CoordinatorLease join(String name, Duration lease) {
        synchronized (store) {
            long start = store.starts.merge(TxnNames.coordinatorName(name), 1L, Long::sum);
            if (fault != LogFault.T13_RENEWS_WHAT_WAS_REPLACED) {
                store.leases.remove(name + "/" + (start - 1));
            }
            return extend(name + "/" + start, lease);
        }
    }

    private CoordinatorLease extend(String coordinator, Duration lease) {
        Instant now = now();
        store.leases.put(coordinator, now.plus(lease));
        return new CoordinatorLease(coordinator, now, now.plus(lease));
    }

    @Override
    public Optional<CoordinatorLease> renew(String coordinator, Duration lease) {
        synchronized (store) {
            return store.leases.containsKey(coordinator) ? Optional.of(extend(coordinator, lease)) : Optional.empty();
        }
    }

    @Override
    public void leave(String coordinator) {
        synchronized (store) {
            store.leases.remove(coordinator);
        }
    }

    private boolean isAlive(String coordinator) {
        return store.leases.getOrDefault(coordinator, Instant.EPOCH).isAfter(now());
    }

    @Override
    public TxnRecord decide(TxnProposal proposal) {
        synchronized (store) {
            Entry entry = entries.get(key(proposal.gid()));
            if (entry != null && !(fault == LogFault.T3_LAST_DECISION_STANDS && isReversed(entry, proposal))) {
                boolean same = entry.record().decision().equals(proposal.decision());
                return same && fault == LogFault.T2_ANSWERS_WITH_THE_PROPOSAL
                        ? entryOf(proposal).record()
                        : entry.record();
            }
            boolean late = !proposal.deadline().isAfter(now());
            boolean refused = proposal.decision().isCommit() && late && fault != LogFault.T4_COMMITS_AFTER_THE_DEADLINE;
            Entry made = entryOf(refused ? proposal.aborting("too late") : proposal);
            entries.put(key(proposal.gid()), made);
            return made.record();
        }
    }

    private static boolean isReversed(Entry entry, TxnProposal proposal) {
        TxnRecord record = entry.record();
        return !record.state().isFinished()
                && record.state().isCommit() != proposal.decision().isCommit();
    }

    private Entry entryOf(TxnProposal proposal) {
        List<TxnBranch> kept = proposal.branches().stream().map(this::kept).toList();
        boolean tombstone = kept.isEmpty() && fault != LogFault.T14_LEAVES_THE_TOMBSTONE_OPEN;
        TxnState abort = tombstone ? TxnState.ABORTED : TxnState.ABORTING;
        TxnState state = proposal.decision().isCommit() ? TxnState.COMMITTING : abort;
        Instant deadline = proposal.deadline().truncatedTo(ChronoUnit.MILLIS);
        String reason = proposal.decision().reason();
        return new Entry(
                new TxnRecord(proposal.gid(), state, reason, 1, proposal.coordinator(), deadline, kept),
                now(),
                false,
                "");
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
    public Optional<TxnRecord> resolve(TxnProposal abort) {
        synchronized (store) {
            Optional<TxnRecord> standing = find(abort.gid());
            if (standing.isPresent()) {
                return standing;
            }
            boolean expected = isAlive(abort.coordinator()) && abort.deadline().isAfter(now());
            if (expected && fault != LogFault.T15_ABORTS_WHAT_IS_BEING_TRIED) {
                return Optional.empty();
            }
            return Optional.of(
                    fault == LogFault.T16_ANSWERS_BEFORE_IT_ABORTS
                            ? entryOf(abort).record()
                            : decide(abort));
        }
    }

    @Override
    public void finish(List<String> gids) {
        synchronized (store) {
            for (String gid : gids) {
                if (fault == LogFault.T5_FORGETS_WHAT_IS_FINISHED && gid.endsWith("-commit")) {
                    entries.remove(key(gid));
                    continue;
                }
                entries.computeIfPresent(
                        key(gid),
                        (any, entry) -> entry.with(
                                entry.record().state().isCommit() ? TxnState.COMMITTED : TxnState.ABORTED,
                                entry.record().epoch(),
                                entry.record().coordinator()));
            }
        }
    }

    @Override
    public Optional<TxnRecord> find(String gid) {
        synchronized (store) {
            return Optional.ofNullable(entries.get(key(gid))).map(Entry::record);
        }
    }

    @Override
    public Optional<TxnStatus> status(String gid) {
        synchronized (store) {
            Optional<TxnStatus> found =
                    Optional.ofNullable(entries.get(key(gid))).map(Entry::status);
            if (found.isEmpty() && fault == LogFault.T10_DECIDES_WHAT_IS_READ) {
                decide(new TxnProposal(gid, Decision.abort("read"), now(), "reader/1", List.of()));
            }
            return found;
        }
    }

    @Override
    public List<TxnStatus> unfinished(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or greater, was " + limit);
        }
        Comparator<TxnStatus> oldestFirst = Comparator.comparing(TxnStatus::decided);
        synchronized (store) {
            return entries.values().stream()
                    .map(Entry::status)
                    .filter(status -> !status.state().isFinished())
                    .sorted(fault == LogFault.T6_LISTS_THE_NEWEST_FIRST ? oldestFirst.reversed() : oldestFirst)
                    .limit(limit)
                    .toList();
        }
    }

    @Override
    public List<TxnRecord> claim(String coordinator, int limit) {
        List<TxnRecord> claimed = new ArrayList<>();
        synchronized (store) {
            for (Entry entry : List.copyOf(entries.values())) {
                if (entry.record().state().isFinished()) {
                    continue;
                }
                boolean alive = isAlive(entry.record().coordinator());
                // Only what they decided themselves: what was claimed once is the business of another rule.
                boolean stolen = fault == LogFault.T12_CLAIMS_FROM_THE_LIVING
                        && entry.record().epoch() == 1;
                boolean marked = entry.needsAttention() && fault != LogFault.T18_CLAIMS_WHAT_NEEDS_ATTENTION;
                if (claimed.size() == limit || marked || (alive && !stolen)) {
                    continue;
                }
                long epoch = entry.record().epoch() + (fault == LogFault.T7_RAISES_NO_EPOCH ? 0 : 1);
                Entry mine = entry.with(entry.record().state(), epoch, coordinator);
                entries.put(key(mine.record().gid()), mine);
                claimed.add(mine.record());
            }
        }
        return claimed;
    }

    @Override
    public List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit) {
        Duration asked = fault == LogFault.T20_IGNORES_THE_AGE ? Duration.ZERO : minAge;
        synchronized (store) {
            return entries.values().stream()
                    .map(Entry::status)
                    .filter(status -> states.contains(status.state())
                            && !status.decided().plus(asked).isAfter(now()))
                    .sorted(Comparator.comparing(TxnStatus::decided))
                    .limit(limit)
                    .toList();
        }
    }

    @Override
    public void needAttention(String gid, String note) {
        synchronized (store) {
            entries.computeIfPresent(
                    key(gid), (any, entry) -> entry.record().state().isFinished() ? entry : entry.noted(true, note));
        }
    }

    @Override
    public Optional<TxnRecord> retry(String gid, String coordinator) {
        synchronized (store) {
            Entry entry = entries.get(key(gid));
            if (entry == null || !entry.needsAttention()) {
                return Optional.empty();
            }
            Entry mine = entry.with(entry.record().state(), entry.record().epoch() + 1, coordinator)
                    .noted(false, "");
            entries.put(key(gid), mine);
            return Optional.of(mine.record());
        }
    }

    @Override
    public void finishByHand(String gid, String note) {
        synchronized (store) {
            Entry entry = entries.get(key(gid));
            if (entry != null && !entry.record().state().isFinished()) {
                TxnState state = entry.record().state().isCommit() ? TxnState.COMMITTED : TxnState.ABORTED;
                String kept = fault == LogFault.T19_FORGETS_THE_REASON ? "" : note;
                entries.put(
                        key(gid),
                        entry.with(state, entry.record().epoch(), entry.record().coordinator())
                                .noted(false, kept));
            }
        }
    }

    @Override
    public int purge(Duration retention, int limit) {
        synchronized (store) {
            List<String> old = entries.entrySet().stream()
                    .filter(each -> isForgettable(each.getValue(), retention))
                    .map(Map.Entry::getKey)
                    .limit(limit)
                    .toList();
            entries.keySet().removeAll(old);
            return old.size();
        }
    }

    private boolean isForgettable(Entry entry, Duration retention) {
        boolean early = fault == LogFault.T17_FORGETS_TOMBSTONES_BEFORE_THEIR_DEADLINE;
        boolean kept = entry.record().state() == TxnState.COMMITTED
                && !entry.note().isEmpty()
                && fault != LogFault.T19_FORGETS_THE_COMMIT;
        return entry.record().state().isFinished()
                && !kept
                && entry.decided().plus(retention).isBefore(now())
                && (early || entry.record().deadline().isBefore(now()));
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
        synchronized (store) {
            store.entries.putAll(entries);
        }
    }
}
