package io.coordkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The matrix that the documentation shows is of the contract that it shows. */
class ConformanceDocumentTest {
    private static final Path DOCS = Path.of("../docs");

    static List<String> groups() throws Exception {
        return List.copyOf(ContractDocument.read(DOCS.resolve("contract.md")).groups());
    }

    @ParameterizedTest
    @MethodSource("groups")
    void everyRuleHasItsRow(String group) throws Exception {
        List<String> rows = Files.readAllLines(DOCS.resolve("conformance.md")).stream()
                .dropWhile(line -> !line.equals("### " + group))
                .skip(1)
                .takeWhile(line -> !line.startsWith("### "))
                .filter(line -> line.startsWith("| "))
                .map(line -> line.split(" ", 3)[1])
                .toList();
        assertThat(rows)
                .as("make conformance, and show its tables")
                .containsAll(ContractDocument.read(DOCS.resolve("contract.md")).rules(group));
    }
}
