package io.coordkit.samples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.LockGuarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The sources that docs/write-a-backend.md shows are those compiled here, and as long as it says. */
class WriteABackendTest {
    private static final Path DOCUMENT = Path.of("../docs/write-a-backend.md");
    private static final Path SOURCES = Path.of("src/test/java/io/coordkit/samples/backend");
    private static final List<String> SHOWN =
            List.of("JdbcLockBackend.java", "JdbcLockProvider.java", "JdbcOnMariaDbTest.java");

    @Test
    void theSourcesShownAreThoseCompiledHere() throws IOException {
        List<String> shown = ShownCode.in(DOCUMENT);
        assertThat(shown).hasSize(SHOWN.size() + 1);
        for (int i = 0; i < SHOWN.size(); i++) {
            assertThat(shown.get(i)).as(SHOWN.get(i)).isEqualTo(Files.readString(SOURCES.resolve(SHOWN.get(i))));
        }
        ShownCode.requireCompiled(shown.get(SHOWN.size()), "ServersExampleTest.java", "servers");
    }

    @Test
    void theyAreAsLongAsItSays() throws IOException {
        String text = Files.readString(DOCUMENT);
        for (String source : SHOWN.subList(0, 2)) {
            List<String> lines = Files.readAllLines(SOURCES.resolve(source));
            long code = lines.stream()
                    .map(String::strip)
                    .filter(WriteABackendTest::isCode)
                    .count();
            assertThat(text)
                    .contains(
                            String.format(Locale.ROOT, "`%s`: %d lines, %d of them code", source, lines.size(), code));
        }
    }

    @Test
    void itSaysOfEachGuaranteeWhatTheKitDoesWithoutIt() throws IOException {
        assertThat(Files.readString(DOCUMENT))
                .contains(List.of(LockGuarantee.values()).stream()
                        .map(each -> "`" + each + "`")
                        .toList());
    }

    /** Neither blank nor a comment, a package or an import. */
    private static boolean isCode(String line) {
        return !line.isEmpty()
                && List.of("/*", "*", "//", "package ", "import ").stream().noneMatch(line::startsWith);
    }
}
