package io.coordkit.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;

/** Prints what the id benchmarks of a run came to, beside their peers. */
final class IdTable {
    private static final List<String> OURS = List.of("strict", "striped", "fill", "snowflake");

    private IdTable() {}

    /** Nothing if no id benchmark was run. */
    static void print(Collection<RunResult> results) {
        Map<String, Double> scores = new TreeMap<>();
        for (RunResult result : results) {
            String[] parts = result.getParams().getBenchmark().split("\\.", -1);
            if (parts[parts.length - 2].startsWith("Id")) {
                scores.put(
                        result.getParams().getThreads() + " " + parts[parts.length - 1],
                        result.getPrimaryResult().getScore());
            }
        }
        if (scores.isEmpty()) {
            return;
        }
        System.out.printf(
                "%n%-26s %12s %12s %8s %12s %8s%n",
                "million ids a second", "Coordkit", "CosId", "ratio", "AtomicLong", "ratio");
        for (int threads = 1; threads <= 2; threads++) {
            for (String what : OURS) {
                Double ours = scores.get(threads + " " + what);
                if (ours != null) {
                    String peer = what.equals("snowflake") ? "cosIdSnowflake" : "cosIdChain";
                    printRow(
                            what + ", threads: " + threads,
                            ours,
                            scores.get(threads + " " + peer),
                            scores.get(threads + " atomicLong"));
                }
            }
        }
    }

    private static void printRow(String what, double ours, @Nullable Double peer, @Nullable Double atomic) {
        System.out.printf(
                Locale.ROOT,
                "%-26s %12.1f %12s %8s %12s %8s%n",
                what,
                ours,
                text(peer),
                text(peer == null ? null : ours / peer),
                text(atomic),
                text(atomic == null ? null : ours / atomic));
    }

    private static String text(@Nullable Double number) {
        return number == null ? "-" : String.format(Locale.ROOT, "%.1f", number);
    }
}
