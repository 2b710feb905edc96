package io.coordkit.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks and prints each of ours beside its peer's as a ratio. Only ratios of one run mean anything: the
 * machines differ and are noisy.
 */
public final class Benchmarks {
    private static final String OURS = "Coordkit";
    private static final String PEER = "Peer";

    private Benchmarks() {}

    /** Runs all, or those that match the regular expression given. */
    public static void main(String[] args) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(args.length > 0 ? args[0] : ".*")
                        .forks(1)
                        .warmupIterations(2)
                        .warmupTime(TimeValue.seconds(2))
                        .measurementIterations(3)
                        .measurementTime(TimeValue.seconds(3))
                        .build())
                .run();
        IdTable.print(results);
        Map<String, Double> scores = new TreeMap<>();
        results.forEach(result -> scores.put(
                result.getPrimaryResult().getLabel(), result.getPrimaryResult().getScore()));
        System.out.printf("%n%-12s %12s %12s %8s%n", "ops/s", "Coordkit", "peer", "ratio");
        scores.forEach((label, score) -> {
            if (label.endsWith(OURS)) {
                String what = label.substring(0, label.length() - OURS.length());
                Double peer = scores.get(what + PEER);
                if (peer != null) {
                    System.out.printf(Locale.ROOT, "%-12s %12.0f %12.0f %8.2f%n", what, score, peer, score / peer);
                }
            }
        });
    }
}
