package io.coordkit.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedlockAddressTest {

    @Test
    void manyNodesShareCredentialsAndDatabase() {
        assertThat(RedlockAddress.ofAll(URI.create("redlock://a.example:1,b-2.example,10.0.0.3:3")))
                .containsExactly(
                        new RedlockAddress("redis://a.example:1", null, null, 0),
                        new RedlockAddress("redis://b-2.example:6379", null, null, 0),
                        new RedlockAddress("redis://10.0.0.3:3", null, null, 0));
        assertThat(RedlockAddress.ofAll(URI.create("redlocks://me:p%40ss%2Fw+rd@a:1,b:2,c:3/4")))
                .containsExactly(
                        new RedlockAddress("rediss://a:1", "me", "p@ss/w+rd", 4),
                        new RedlockAddress("rediss://b:2", "me", "p@ss/w+rd", 4),
                        new RedlockAddress("rediss://c:3", "me", "p@ss/w+rd", 4));
        assertThat(RedlockAddress.ofAll(URI.create("redlock://:word@a,b,c")).get(2))
                .isEqualTo(new RedlockAddress("redis://c:6379", null, "word", 0));
    }

    @Test
    void oneNodeHasItsOwn() {
        assertThat(RedlockAddress.ofNode("rediss://:secret@[::1]:7/2"))
                .isEqualTo(new RedlockAddress("rediss://[::1]:7", null, "secret", 2))
                .asString()
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redlock://a,,b        | host ''",
                "redlock://a,b:x,c     | b:x",
                "redlock://a,b,c/x     | database 'x'",
                "redis://a,b,c         | scheme 'redis'",
                "redlock:///           | scheme 'redlock'"
            })
    void whatAllNodesAreNotIsRefused(String uri, String message) {
        assertThatThrownBy(() -> RedlockAddress.ofAll(URI.create(uri)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redlock://a           | scheme 'redlock'",
                "redis://a,b           | 2 hosts",
                "redis://u:secret^@a   | at index",
                "redis:a               | scheme 'redis'"
            })
    void whatOneNodeIsNotIsRefusedAndNoPasswordShown(String uri, String message) {
        assertThatThrownBy(() -> RedlockAddress.ofNode(uri))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }
}
