package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;

/** Tags that nobody may accept. */
final class BadTags {
    private static final List<String> ALL =
            List.of("", "t".repeat(129), " order", "order ", "order\t", "or\u0000der", "or\nder");

    private BadTags() {}

    static void assertRefused(Consumer<String> use) {
        for (String tag : ALL) {
            assertThatThrownBy(() -> use.accept(tag))
                    .as("tag '%s'", tag)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tag")
                    .hasMessageContaining("'" + tag + "'");
        }
    }
}
