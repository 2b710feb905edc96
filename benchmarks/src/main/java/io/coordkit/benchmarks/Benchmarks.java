package io.coordkit.benchmarks;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks and prints each of ours beside its peer's, and beside the least that the store could take, as
 * ratios. Only ratios of one run mean anything: the machines differ and are noisy.
 *
 * <p>A benchmark method is named after what it does and who does it: {@code pairCoordkit}, {@code pairPeer},
 * {@code pairFloor}.
 */
public final class Benchmarks {
    private static final List<String> WHO = List.of("Coordkit", "Peer", "Floor");
    private static final double MICROS = 1e6;

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
        TccTable.print(results);
        Map<String, Map<String, Double>> rows = new TreeMap<>();
        results.forEach(result -> add(rows, result));
        if (rows.isEmpty()) {
            return;
        }
        System.out.printf(
                "%n%-22s %14s %14s %8s %14s %8s%n",
                "microseconds each", "Coordkit", "peer", "faster", "floor", "of floor");
        rows.forEach(Benchmarks::print);
        System.out.println("On " + Runtime.getRuntime().availableProcessors() + " processors, Java " + Runtime.version()
                + ", servers on loopback");
    }

    private static void add(Map<String, Map<String, Double>> rows, RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        String[] parts = benchmark.split("\\.", -1);
        String store = parts[parts.length - 2].replace("LockBenchmark", "").toLowerCase(Locale.ROOT);
        String method = parts[parts.length - 1];
        WHO.stream()
                .filter(method::endsWith)
                .max(Comparator.comparing(String::length))
                .ifPresent(who -> rows.computeIfAbsent(
                                store + " " + method.substring(0, method.length() - who.length()),
                                key -> new TreeMap<>())
                        .put(who, micros(result)));
    }

    /** The time for one, also where eight threads work at a time; or what the benchmark itself has measured. */
    private static double micros(RunResult result) {
        @SuppressWarnings("rawtypes") // as JMH has them
        Map<String, Result> own = result.getSecondaryResults();
        Result<?> nanos = own.get("waitedNanos");
        Result<?> count = own.get("handOvers");
        return nanos != null && count != null
                ? nanos.getScore() / count.getScore() / 1_000
                : MICROS / result.getPrimaryResult().getScore();
    }

    private static void print(String what, Map<String, Double> row) {
        Double ours = row.get("Coordkit");
        if (ours != null) {
            Double peer = row.get("Peer");
            Double floor = row.get("Floor");
            System.out.printf(
                    Locale.ROOT,
                    "%-22s %14.2f %14s %8s %14s %8s%n",
                    what,
                    ours,
                    text(peer),
                    text(peer == null ? null : peer / ours),
                    text(floor),
                    text(floor == null ? null : ours / floor));
        }
    }

    private static String text(@Nullable Double number) {
        return number == null ? "-" : String.format(Locale.ROOT, "%.2f", number);
    }
}
