package io.coordkit.testkit.lock.fault;

import io.coordkit.testkit.lock.fault.HistoryEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What happened at a guarded resource, held against four models of a lock: a mutex, a fenced resource, a reentrant
 * fenced lock and a fair one (as Jepsen does for Hazelcast's locks). The checker knows nothing of how the resource
 * decides. Immutable.
 */
final class History {
    private static final int LAST = 20;

    private final List<HistoryEvent> events;

    History(List<HistoryEvent> events) {
        this.events = List.copyOf(events);
    }

    /** How many have entered. */
    long entries() {
        return accepted(Kind.ENTER).count();
    }

    /** How often that worker has entered since that moment. */
    long entriesOf(int worker, long moment) {
        return accepted(Kind.ENTER)
                .filter(event -> event.worker() == worker && (moment == Long.MIN_VALUE || event.at() - moment > 0))
                .count();
    }

    /** How many writes the resource has accepted. */
    long writes() {
        return accepted(Kind.WRITE).count();
    }

    /** How many writes and entries the resource has refused. */
    long refused() {
        return events.stream().filter(event -> !event.accepted()).count();
    }

    /**
     * The mutex: the tenures in which a worker wrote, or tried to, though another had entered more than {@code margin}
     * before. Only writes count before which the worker asked the lock: who does not ask has himself to blame. A write is
     * on its way for a while, and a busy machine makes that longer.
     */
    List<HistoryEvent> overlaps(Duration margin) {
        Map<Long, HistoryEvent> overlaps = new LinkedHashMap<>();
        NavigableMap<Long, Long> entries = new TreeMap<>();
        for (HistoryEvent event : events) {
            if (event.kind() == Kind.ENTER && event.accepted()) {
                entries.put(event.tenure(), event.at());
            } else if (event.kind() == Kind.WRITE && event.checked()) {
                Map.Entry<Long, Long> later = entries.higherEntry(event.tenure());
                if (later != null && event.at() - later.getValue() > margin.toNanos()) {
                    overlaps.putIfAbsent(event.tenure(), event);
                }
            }
        }
        return List.copyOf(overlaps.values());
    }

    /** The fenced resource: what it accepted though it had accepted something from a newer holder before. */
    List<HistoryEvent> staleAccepted() {
        List<HistoryEvent> stale = new ArrayList<>();
        HistoryEvent newest = null;
        for (HistoryEvent event : events) {
            boolean touches = event.kind() == Kind.ENTER || event.kind() == Kind.WRITE;
            if (!touches || !event.accepted()) {
                continue;
            }
            if (newest == null || newest.isOlderThan(event)) {
                newest = event;
            } else if (event.isOlderThan(newest)) {
                stale.add(event);
            }
        }
        return stale;
    }

    /** The fenced lock: entries whose token another entry has had. */
    List<HistoryEvent> repeatedTokens() {
        List<HistoryEvent> repeated = new ArrayList<>();
        Map<List<Long>, Long> tenures = new HashMap<>();
        accepted(Kind.ENTER).filter(event -> event.token() != 0).forEach(event -> {
            if (tenures.putIfAbsent(List.of((long) event.era(), event.token()), event.tenure()) != null) {
                repeated.add(event);
            }
        });
        return repeated;
    }

    /** The reentrant lock: re-entries that have another token than the entry. */
    List<HistoryEvent> changedOnReentry() {
        Map<Long, Long> tokens = new HashMap<>();
        events.stream()
                .filter(event -> event.kind() == Kind.ENTER)
                .forEach(event -> tokens.put(event.tenure(), event.token()));
        return events.stream()
                .filter(event -> event.kind() == Kind.REENTER)
                .filter(event -> tokens.getOrDefault(event.tenure(), -1L) != event.token())
                .toList();
    }

    /**
     * The fair lock: entries of workers before whom another had been waiting for longer, by more than {@code margin},
     * for a request is on its way for a while.
     */
    List<HistoryEvent> overtakings(Duration margin) {
        List<HistoryEvent> overtakings = new ArrayList<>();
        Map<Integer, Long> waitingSince = new HashMap<>();
        for (HistoryEvent event : events) {
            if (event.kind() == Kind.REQUEST) {
                waitingSince.put(event.worker(), event.at());
            } else if (event.kind() == Kind.ENTER || event.kind() == Kind.BUSY || event.kind() == Kind.TROUBLE) {
                Long since = waitingSince.remove(event.worker());
                if (event.kind() == Kind.ENTER
                        && since != null
                        && waitingSince.values().stream().anyMatch(other -> since - other > margin.toNanos())) {
                    overtakings.add(event);
                }
            }
        }
        return overtakings;
    }

    /** How long after that moment somebody entered. */
    Optional<Duration> firstEntryAfter(long moment) {
        return accepted(Kind.ENTER)
                .filter(event -> event.at() - moment > 0)
                .findFirst()
                .map(event -> Duration.ofNanos(event.at() - moment));
    }

    private Stream<HistoryEvent> accepted(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind && event.accepted());
    }

    /** The last of it, for messages. */
    @Override
    public String toString() {
        int size = events.size();
        return size + " events, the last of them " + events.subList(Math.max(0, size - LAST), size);
    }
}
