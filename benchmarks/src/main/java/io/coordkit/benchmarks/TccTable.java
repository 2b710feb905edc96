package io.coordkit.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;

/** Prints how long the answers of transactions took, in round trips to a participant, beside the least they could. */
final class TccTable {
    private static final double MEDIAN = 50;

    private TccTable() {}

    /** Nothing if that was not run. */
    static void print(Collection<RunResult> results) {
        Map<String, Double> medians = new TreeMap<>();
        for (RunResult result : results) {
            String[] name = result.getParams().getBenchmark().split("\\.", -1);
            if (name[name.length - 2].equals(TccBenchmark.class.getSimpleName())) {
                medians.put(
                        result.getParams().getParam("branches") + " " + name[name.length - 1],
                        result.getPrimaryResult().getStatistics().getPercentile(MEDIAN));
            }
        }
        if (medians.isEmpty()) {
            return;
        }
        System.out.printf(
                "%n%-34s %8s %12s %8s %12s%n",
                "median, round trip of " + TccBenchmark.ROUND_TRIP_MILLIS + " ms",
                "ms",
                "round trips",
                "floor",
                "round trips");
        for (int branches : new int[] {2, 4, 8}) {
            double answer = medians.getOrDefault(branches + " answer", Double.NaN);
            double floor = medians.getOrDefault(branches + " floor", Double.NaN);
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %8.1f %12.2f %8.1f %12.2f%n",
                    "answer, branches: " + branches,
                    answer,
                    answer / TccBenchmark.ROUND_TRIP_MILLIS,
                    floor,
                    floor / TccBenchmark.ROUND_TRIP_MILLIS);
        }
    }
}
