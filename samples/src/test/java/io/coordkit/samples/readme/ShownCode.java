package io.coordkit.samples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The Java in a document, held against the source that is compiled. */
final class ShownCode {
    private static final String FENCE = "```";
    private static final Path SOURCES = Path.of("src/test/java/io/coordkit/samples/readme");

    private ShownCode() {}

    /** The blocks of Java in that document, in their order. */
    static List<String> in(Path document) throws IOException {
        String[] parts = Files.readString(document).split(FENCE, -1);
        List<String> blocks = new ArrayList<>();
        for (int i = 1; i < parts.length; i += 2) {
            if (parts[i].startsWith("java\n")) {
                blocks.add(parts[i].substring("java\n".length()));
            }
        }
        return blocks;
    }

    /** Fails unless the block is what stands in that source between {@code // MARK begins} and {@code // MARK ends}. */
    static void requireCompiled(String shown, String source, String mark) throws IOException {
        String compiled =
                between(Files.readAllLines(SOURCES.resolve(source)), "// " + mark + " begins", "// " + mark + " ends");
        assertThat(squeezed(shown).lines())
                .containsExactlyElementsOf(squeezed(compiled).lines().toList());
    }

    private static String between(List<String> lines, String begin, String end) {
        boolean inside = false;
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            if (line.strip().equals(begin) || line.strip().equals(end)) {
                inside = line.strip().equals(begin);
            } else if (inside) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    /** Without indentation and without the alignment of comments. */
    private static String squeezed(String code) {
        return code.lines()
                .map(line -> line.strip().replaceAll(" +", " "))
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
    }
}
