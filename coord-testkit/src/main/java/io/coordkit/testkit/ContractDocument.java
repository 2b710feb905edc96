package io.coordkit.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The rules in {@code docs/contract.md}: each table of them belongs to the contracts that are named above it.
 *
 * @param tables the rules by the names of their contracts, such as {@code LockCrowdContract, LockThreadsContract}
 */
record ContractDocument(Map<String, List<String>> tables) {
    private static final Pattern CONTRACT = Pattern.compile("`([A-Z]\\w*Contract)`");
    private static final Pattern RULE = Pattern.compile("^\\| ([A-Z]\\d+) \\|");

    static ContractDocument read(Path document) throws IOException {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        String group = "";
        for (String line : Files.readAllLines(document)) {
            String named = CONTRACT.matcher(line)
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.joining(", "));
            group = named.isEmpty() ? group : named;
            List<String> rules = tables.computeIfAbsent(group, key -> new ArrayList<>());
            RULE.matcher(line).results().forEach(found -> rules.add(found.group(1)));
        }
        tables.values().removeIf(List::isEmpty);
        return new ContractDocument(tables);
    }

    /** The names above the tables. */
    Set<String> groups() {
        return tables.keySet();
    }

    /** The rules below those names. */
    List<String> rules(String group) {
        return tables.getOrDefault(group, List.of());
    }

    /**
     * Where that contract stands.
     *
     * @throws IllegalArgumentException if it is not in the document
     */
    String group(String contract) {
        return tables.keySet().stream()
                .filter(names -> List.of(names.split(", ")).contains(contract))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("docs/contract.md does not name " + contract));
    }
}
