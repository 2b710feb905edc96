package io.coordkit.txn.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which segments are still needed. A transaction lives in the segment that holds its last full state; later changes of it
 * stand in that one or in newer ones. So the oldest segment can go when nothing lives in it, and never one before it.
 * Not thread-safe.
 */
final class SegmentUsage {
    /** So little is written again whenever a segment begins, to be rid of an old one. */
    private static final long LITTLE = 1 << 20;

    /** Where a transaction lives, and how many bytes it takes there, about. */
    private record Home(long segment, long bytes) {}

    private final Map<String, Home> homes = new HashMap<>();
    private final SortedMap<Long, Long> sizes = new TreeMap<>();
    private final Map<Long, Set<String>> inhabitants = new HashMap<>();
    private long liveBytes;

    void size(long segment, long bytes) {
        sizes.put(segment, bytes);
    }

    /** These are not needed any more. */
    void drop(List<Long> segments) {
        sizes.keySet().removeAll(segments);
        inhabitants.keySet().removeAll(segments);
    }

    /** Takes note of a change that was written there. */
    void wrote(long segment, LogChange change) {
        if (change instanceof LogChange.Put put) {
            String gid = put.entry().gid();
            leave(gid);
            Home home = new Home(segment, put.entry().bytes());
            homes.put(gid, home);
            inhabitants.computeIfAbsent(segment, any -> new HashSet<>()).add(gid);
            liveBytes += home.bytes();
        } else if (change instanceof LogChange.Forgotten forgotten) {
            forgotten.gids().forEach(this::leave);
        }
    }

    private void leave(String gid) {
        Home home = homes.remove(gid);
        if (home != null) {
            liveBytes -= home.bytes();
            inhabitants.computeIfPresent(home.segment(), (any, gids) -> {
                gids.remove(gid);
                return gids.isEmpty() ? null : gids;
            });
        }
    }

    Set<String> inhabitants(long segment) {
        return inhabitants.getOrDefault(segment, Set.of());
    }

    /**
     * The oldest segments, as many as are worth being done with when another is begun: those in which little lives, and
     * more while all together take more than twice what lives, and four segments.
     */
    List<Long> worthLeaving(long segmentBytes) {
        List<Long> chosen = new ArrayList<>();
        long total = sizes.values().stream().mapToLong(Long::longValue).sum();
        long little = LITTLE;
        for (Map.Entry<Long, Long> each : sizes.entrySet()) {
            long living = inhabitants(each.getKey()).stream()
                    .mapToLong(gid -> homes.getOrDefault(gid, new Home(0, 0)).bytes())
                    .sum();
            little -= living;
            if (little < 0 && total <= 2 * liveBytes + 4 * segmentBytes) {
                break;
            }
            chosen.add(each.getKey());
            total += living - each.getValue();
        }
        return chosen;
    }

    /** The oldest one when those have gone; that other one if none is left. */
    long oldestWithout(List<Long> gone, long otherwise) {
        return sizes.keySet().stream()
                .filter(each -> !gone.contains(each))
                .findFirst()
                .orElse(otherwise);
    }
}
