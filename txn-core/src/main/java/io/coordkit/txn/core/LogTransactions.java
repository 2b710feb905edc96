package io.coordkit.txn.core;

import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a log in files decides, about the state that it has in memory. Used by one thread. */
final class LogTransactions {
    private static final Comparator<TxnStatus> OLDEST_FIRST =
            Comparator.comparing(TxnStatus::decided).thenComparing(TxnStatus::gid);

    private final LogState state;
    private final LogLeases leases;
    private final LogClock clock;

    LogTransactions(LogState state, LogLeases leases, LogClock clock) {
        this.state = state;
        this.leases = leases;
        this.clock = clock;
    }

    CoordinatorLease join(String name, Duration lease) {
        CoordinatorLease joined = leases.join(name, lease);
        state.force();
        return joined;
    }

    Optional<CoordinatorLease> renew(String coordinator, Duration lease) {
        return leases.renew(coordinator, lease);
    }

    TxnRecord decide(TxnProposal proposal) {
        Optional<LogEntry> standing = state.find(proposal.gid());
        if (standing.isPresent()) {
            return standing.get().transaction();
        }
        Instant now = clock.now();
        boolean late = proposal.decision().isCommit() && !proposal.deadline().isAfter(now);
        TxnRecord mine = LogRow.newRecord(late ? proposal.aborting(LogRow.TOO_LATE) : proposal);
        put(new LogEntry(mine, now, false, ""));
        return mine;
    }

    private void put(LogEntry entry) {
        state.write(new LogChange.Put(entry));
        state.force();
    }

    Optional<TxnRecord> resolve(TxnProposal abort) {
        boolean expected =
                leases.isAlive(abort.coordinator()) && abort.deadline().isAfter(clock.now());
        if (expected && state.find(abort.gid()).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(decide(abort));
    }

    /** Not forced: what comes back is finished again. */
    void finish(List<String> gids) {
        List<String> open = gids.stream()
                .filter(gid -> unfinished(gid).isPresent())
                .distinct()
                .toList();
        if (!open.isEmpty()) {
            state.write(new LogChange.Finished(open));
        }
    }

    private Optional<LogEntry> unfinished(String gid) {
        return state.find(gid).filter(entry -> !entry.isFinished());
    }

    void needAttention(String gid, String note) {
        unfinished(gid).ifPresent(entry -> put(entry.marked(LogRow.note(note))));
    }

    void finishByHand(String gid, String note) {
        unfinished(gid).ifPresent(entry -> put(entry.finishedByHand(LogRow.note(note))));
    }

    Optional<TxnRecord> retry(String gid, String coordinator) {
        return unfinished(gid).filter(LogEntry::needsAttention).map(entry -> take(entry, coordinator));
    }

    List<TxnRecord> claim(String coordinator, int limit) {
        return state
                .unfinished()
                .filter(entry -> !entry.needsAttention()
                        && !leases.isAlive(entry.transaction().coordinator()))
                .sorted(Comparator.comparing(LogEntry::status, OLDEST_FIRST))
                .limit(limit)
                .toList()
                .stream()
                .map(entry -> take(entry, coordinator))
                .toList();
    }

    private TxnRecord take(LogEntry entry, String coordinator) {
        LogEntry mine = entry.takenBy(coordinator);
        put(mine);
        return mine.transaction();
    }

    List<TxnStatus> unfinished(int limit) {
        return oldest(state.unfinished(), entry -> true, limit);
    }

    List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit) {
        Instant latest = clock.now().minus(minAge);
        return oldest(
                state.all(),
                entry -> states.contains(entry.transaction().state())
                        && !entry.decided().isAfter(latest),
                limit);
    }

    private static List<TxnStatus> oldest(Stream<LogEntry> entries, Predicate<LogEntry> which, int limit) {
        return entries.filter(which)
                .map(LogEntry::status)
                .sorted(OLDEST_FIRST)
                .limit(limit)
                .toList();
    }

    /** Not forced: what comes back is forgotten again. */
    int purge(Duration retention, int limit) {
        Instant now = clock.now();
        Instant before = now.minus(retention);
        List<String> gids = new ArrayList<>(state.all()
                .takeWhile(entry -> entry.decided().isBefore(before))
                .filter(entry -> entry.isFinished()
                        && !entry.isCommitByHand()
                        && entry.transaction().deadline().isBefore(now))
                .limit(limit)
                .map(LogEntry::gid)
                .toList());
        if (!gids.isEmpty()) {
            state.write(new LogChange.Forgotten(gids));
        }
        leases.purge(before);
        return gids.size();
    }
}
