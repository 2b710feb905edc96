package io.coordkit.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which backend keeps which rule, from what {@link Conformance} has written, beside the contract document. A rule of the
 * document without a result, one that failed, and one that was skipped are each told as a fault. Not thread-safe.
 */
public final class ConformanceMatrix {
    private final ContractDocument contract;
    private final Set<String> servers = new TreeSet<>();
    private final Map<String, Map<String, Cell>> cells = new TreeMap<>();
    private final Map<String, Set<String>> backends = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    private ConformanceMatrix(ContractDocument contract) {
        this.contract = contract;
    }

    /**
     * What became of one rule on one backend, the worst of all its tests.
     *
     * @param result one of {@link Conformance}'s
     */
    private record Cell(String result, String reason) {
        private static final List<String> WORST_FIRST = List.of(
                Conformance.FAILED,
                Conformance.SKIPPED,
                Conformance.NOT_PROMISED,
                Conformance.LATE,
                Conformance.PASSED);

        Cell worse(Cell other) {
            return WORST_FIRST.indexOf(result) <= WORST_FIRST.indexOf(other.result) ? this : other;
        }

        boolean isFault() {
            return result.equals(Conformance.FAILED) || result.equals(Conformance.SKIPPED);
        }

        String text() {
            return switch (result) {
                case Conformance.PASSED -> "pass";
                case Conformance.LATE -> "pass, when alone";
                case Conformance.NOT_PROMISED -> "not promised: `" + reason + "`";
                default -> "**" + result + "**";
            };
        }
    }

    /**
     * Reads all that was written.
     *
     * @param directory with the files
     * @param document the contract
     */
    public static ConformanceMatrix read(Path directory, Path document) throws IOException {
        ConformanceMatrix matrix = new ConformanceMatrix(ContractDocument.read(document));
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                Files.readAllLines(file).forEach(line -> matrix.add(line.split("\t", -1)));
            }
        }
        matrix.findFaults();
        return matrix;
    }

    private void add(String... parts) {
        switch (parts[0]) {
            case "server" -> servers.add("| " + parts[1] + " | " + parts[2] + " | " + parts[3] + " |");
            case "class" -> backendsOf(contract.group(parts[1])).add(parts[2]);
            case "rule" -> {
                String group = contract.group(parts[1]);
                backendsOf(group).add(parts[2]);
                cells.computeIfAbsent(group + "\t" + parts[3], key -> new TreeMap<>())
                        .merge(parts[2], new Cell(parts[4], parts[5]), Cell::worse);
            }
            default -> throw new IllegalArgumentException("Not written by Conformance: " + parts[0]);
        }
    }

    private Set<String> backendsOf(String group) {
        return backends.computeIfAbsent(group, key -> new TreeSet<>());
    }

    private void findFaults() {
        if (backends.isEmpty()) {
            faults.add("No contract has run");
        }
        for (String group : backends.keySet()) {
            for (String rule : rules(group)) {
                for (String backend : backendsOf(group)) {
                    Cell cell = row(group, rule).get(backend);
                    if (cell == null && contract.rules(group).contains(rule)) {
                        faults.add(rule + " on " + backend + ": not run");
                    } else if (cell != null && cell.isFault()) {
                        faults.add(rule + " on " + backend + ": " + cell.result() + ": " + cell.reason());
                    }
                }
            }
        }
    }

    /**
     * Each column of an earlier matrix is expected here as well: of a test that is not found any more there is no trace.
     *
     * @param earlier a document that shows it
     */
    public void expectColumnsOf(Path earlier) throws IOException {
        String group = "";
        for (String line : Files.readAllLines(earlier)) {
            if (line.startsWith("### ")) {
                group = line.substring("### ".length());
            } else if (line.startsWith("| Rule | ") && line.endsWith(" |")) {
                String columns = line.substring("| Rule | ".length(), line.length() - " |".length());
                for (String backend : columns.split(" [|] ", -1)) {
                    if (!backends.getOrDefault(group, Set.of()).contains(backend)) {
                        faults.add(group + " on " + backend + ": not run, which " + earlier + " shows");
                    }
                }
            }
        }
    }

    /** Those of the document, and others that were checked along with them. */
    private Set<String> rules(String group) {
        Set<String> rules = new LinkedHashSet<>(contract.rules(group));
        cells.keySet().stream()
                .filter(key -> key.startsWith(group + "\t"))
                .forEach(key -> rules.add(key.substring(group.length() + 1)));
        return rules;
    }

    private Map<String, Cell> row(String group, String rule) {
        return cells.getOrDefault(group + "\t" + rule, Map.of());
    }

    /** What is red or has not run, a line each. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /** The servers and the tables, in Markdown. */
    public String markdown() {
        List<String> lines = new ArrayList<>(List.of("| Server | Version | From |", "|---|---|---|"));
        lines.addAll(servers);
        for (String group : contract.groups()) {
            if (backends.containsKey(group)) {
                lines.addAll(List.of("", "### " + group, ""));
                lines.add("| Rule | " + String.join(" | ", backendsOf(group)) + " |");
                lines.add("|---" + "|---".repeat(backendsOf(group).size()) + "|");
                rules(group).forEach(rule -> lines.add("| " + rule + " | " + line(group, rule) + " |"));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private String line(String group, String rule) {
        Map<String, Cell> row = row(group, rule);
        return backendsOf(group).stream()
                .map(backend -> text(row.get(backend), contract.rules(group).contains(rule)))
                .collect(Collectors.joining(" | "));
    }

    private static String text(@Nullable Cell cell, boolean owed) {
        return cell != null ? cell.text() : owed ? "**not run**" : "";
    }

    /**
     * Writes the matrix, prints it, and ends with 1 if there is a fault.
     *
     * @param args the directory, the contract document, the file to write, and after a run of all tests the document that
     *     shows an earlier matrix
     */
    public static void main(String[] args) throws IOException {
        ConformanceMatrix matrix = read(Path.of(args[0]), Path.of(args[1]));
        if (args.length > 3) {
            matrix.expectColumnsOf(Path.of(args[3]));
        }
        Files.writeString(Path.of(args[2]), matrix.markdown());
        System.out.println(matrix.markdown());
        matrix.faults().forEach(fault -> System.out.println("NOT CONFORMING: " + fault));
        System.exit(matrix.faults().isEmpty() ? 0 : 1);
    }
}
