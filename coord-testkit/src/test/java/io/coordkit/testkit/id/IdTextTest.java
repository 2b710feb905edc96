package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.coordkit.id.IdText;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IdTextTest {

    static Stream<IdText> formats() {
        return Stream.of(IdText.base62(), IdText.crockford32())
                .flatMap(format -> Stream.of(
                        format,
                        format.withPrefix("ord_"),
                        format.withPrefix("ord_").withCheckDigit()));
    }

    private static long[] ids() {
        return LongStream.concat(
                        LongStream.of(0, 1, 31, 32, 61, 62, Long.MAX_VALUE - 1, Long.MAX_VALUE),
                        new Random(5).longs(1_000, 0, Long.MAX_VALUE))
                .sorted()
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyIdComesBack(IdText format) {
        for (long id : ids()) {
            assertThat(format.decode(format.encode(id))).isEqualTo(id);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void textsAscendAsTheirIdsDo(IdText format) {
        assertThat(Arrays.stream(ids()).mapToObj(format::encode)).isSorted();
    }

    @Test
    void knownTexts() {
        assertThat(IdText.base62().encode(Long.MAX_VALUE)).isEqualTo("AzL8n0Y58m7");
        assertThat(IdText.crockford32().encode(Long.MAX_VALUE)).isEqualTo("7ZZZZZZZZZZZZ");
        assertThat(IdText.crockford32().encode(1)).isEqualTo("0000000000001");
    }

    @Test
    void crockford_readsWhatPeopleWrite() {
        assertThat(IdText.crockford32().decode("oooo-0000-oo-lIz")).isEqualTo((1 << 10) + (1 << 5) + 31);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void oneWrongCharacter_isFoundByTheCheckDigit(IdText plain) {
        IdText format = plain.withCheckDigit();
        String right = format.encode(1234567890123456789L);
        for (int i = right.length() - 8; i < right.length(); i++) {
            char wrong = right.charAt(i) == '7' ? '8' : '7';
            String text = right.substring(0, i) + wrong + right.substring(i + 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> format.decode(text))
                    .withMessageContainingAll("check digit", text);
        }
    }

    @Test
    void malformedTexts_areRefused() {
        IdText format = IdText.base62().withPrefix("ord_");
        for (String text :
                new String[] {"", "ord_", "AzL8n0Y58m7", "ord_AzL8n0Y58m8", "ord_123", "ord_0000000000\u0131"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> format.decode(text))
                    .withMessageContaining("'" + text + "'");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> format.encode(-1)).withMessageContaining("-1");
    }
}
