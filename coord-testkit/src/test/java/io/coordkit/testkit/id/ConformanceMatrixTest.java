package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.IdGenerator;
import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.ConformanceMatrix;
import io.coordkit.testkit.ContractRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceMatrixTest {
    private static final Path CONTRACT = Path.of("../docs/contract.md");
    private static IdFault fault = IdFault.NONE;
    private static IdOrder order = IdOrder.STRICT;

    @TempDir
    private Path facts;

    @Test
    void aBackendWithoutFaultKeepsAllRules() throws Exception {
        run(IdFault.NONE, IdOrder.STRICT);

        ConformanceMatrix matrix = ConformanceMatrix.read(facts, CONTRACT);
        assertThat(matrix.faults()).isEmpty();
        assertThat(matrix.markdown()).contains("### IdGeneratorContract").contains("| I1 | pass |");
    }

    @Test
    void aBrokenBackendMakesItsRuleRedAndNoOther() throws Exception {
        run(IdFault.I7_FORGETS_ITS_TAG, IdOrder.STRICT);

        ConformanceMatrix matrix = ConformanceMatrix.read(facts, CONTRACT);
        assertThat(matrix.faults()).singleElement().asString().startsWith("I7 on Conformance Matrix Broken: failed");
        assertThat(matrix.markdown()).containsOnlyOnce("**failed**").contains("| I7 | **failed** |");
    }

    @Test
    void whatIsNotPromisedIsNamedAndIsNoFault() throws Exception {
        run(IdFault.NONE, IdOrder.IN_EACH_THREAD);

        ConformanceMatrix matrix = ConformanceMatrix.read(facts, CONTRACT);
        assertThat(matrix.faults()).isEmpty();
        assertThat(matrix.markdown())
                .contains("| I4 | not promised: `STRICT` |")
                .contains("| I3 | pass |");
    }

    @Test
    void aRuleThatHasNotRunIsAFault_andSoIsOneThatWasSkipped() throws Exception {
        Files.write(
                facts.resolve("1.tsv"),
                List.of(
                        "class\tIdGeneratorContract\tRedis",
                        "rule\tIdGeneratorContract\tRedis\tI1\tskipped\tno store of its own",
                        "server\tRedis\t8.0.2\tthe image redis:8.0 (a stand-in from Debian trixie)"));

        ConformanceMatrix matrix = ConformanceMatrix.read(facts, CONTRACT);
        assertThat(matrix.faults())
                .contains("I1 on Redis: skipped: no store of its own", "I2 on Redis: not run")
                .hasSize(9);
        assertThat(matrix.markdown())
                .contains("| Redis | 8.0.2 | the image redis:8.0 (a stand-in from Debian trixie) |")
                .contains("| I2 | **not run** |");
    }

    @Test
    void aColumnThatWasThereBeforeAndIsGone_isAFault() throws Exception {
        run(IdFault.NONE, IdOrder.STRICT);
        ConformanceMatrix matrix = ConformanceMatrix.read(facts, CONTRACT);
        Path earlier = facts.resolve("earlier.md");

        Files.writeString(earlier, "# Any\n\n## Today\n\n" + matrix.markdown());
        matrix.expectColumnsOf(earlier);
        assertThat(matrix.faults()).isEmpty();

        Files.writeString(earlier, matrix.markdown().replaceFirst("[|] Rule [|] ", "| Rule | Gone | "));
        matrix.expectColumnsOf(earlier);
        assertThat(matrix.faults()).singleElement().asString().startsWith("IdGeneratorContract on Gone: not run");
    }

    @Test
    void nothingAtAllIsAFault() throws Exception {
        assertThat(ConformanceMatrix.read(facts, CONTRACT).faults()).containsExactly("No contract has run");
    }

    private void run(IdFault planted, IdOrder promised) {
        fault = planted;
        order = promised;
        Optional<String> before = Optional.ofNullable(System.setProperty(Conformance.PROPERTY, facts.toString()));
        try {
            ContractRun.brokenRules(Broken.class);
        } finally {
            before.ifPresentOrElse(
                    value -> System.setProperty(Conformance.PROPERTY, value),
                    () -> System.clearProperty(Conformance.PROPERTY));
        }
    }

    /** Not found by Surefire: its name does not end in Test. */
    static class Broken extends IdGeneratorContract {
        @Override
        protected IdGenerator open(String tag) {
            return new CountingGenerator(tag, fault);
        }

        @Override
        protected IdOrder order() {
            return order;
        }
    }
}
