package io.coordkit.lock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.lock.redis.RedisAddress.Topology;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisAddressTest {
    @Test
    void eachTopologyHasItsForm() {
        assertThat(RedisAddress.parse("redis://localhost"))
                .isEqualTo(address(Topology.STANDALONE, false, "", 0, null, null, "redis://localhost:6379"));
        assertThat(RedisAddress.parse("rediss://u:p%40s%3As%2Fw+@h:1/7"))
                .isEqualTo(address(Topology.STANDALONE, true, "", 7, "u", "p@s:s/w+", "rediss://h:1"));
        assertThat(RedisAddress.parse("redis://:p@[::1]:2/"))
                .isEqualTo(address(Topology.STANDALONE, false, "", 0, null, "p", "redis://[::1]:2"));
        assertThat(RedisAddress.parse("redis+sentinel://a,b:2,c/main"))
                .isEqualTo(address(
                        Topology.SENTINEL,
                        false,
                        "main",
                        0,
                        null,
                        null,
                        "redis://a:26379",
                        "redis://b:2",
                        "redis://c:26379"));
        assertThat(RedisAddress.parse("rediss+sentinel://u:p@a/main/3"))
                .isEqualTo(address(Topology.SENTINEL, true, "main", 3, "u", "p", "rediss://a:26379"));
        assertThat(RedisAddress.parse("redis+cluster://u:p@a:1,b,127.0.0.1:3"))
                .isEqualTo(address(
                        Topology.CLUSTER,
                        false,
                        "",
                        0,
                        "u",
                        "p",
                        "redis://a:1",
                        "redis://b:6379",
                        "redis://127.0.0.1:3"));
    }

    private static RedisAddress address(
            Topology topology,
            boolean tls,
            String master,
            int database,
            @Nullable String user,
            @Nullable String password,
            String... uris) {
        return new RedisAddress(
                topology,
                tls,
                Stream.of(uris).map(uri -> uri.replaceFirst("^rediss?://", "")).toList(),
                master,
                database,
                user,
                password);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h | 'http'",
                "redis+nosuch://u:secret@h | 'redis+nosuch'",
                "redis:h | no host",
                "redis:///1 | no host",
                "redis://a,b | 'a,b'",
                "redis+cluster://a,,b | ''",
                "redis+cluster://a,b_c:1 | 'b_c:1'",
                "redis+cluster://a:99999,b | 'a:99999'",
                "redis+cluster://a:x,b | 'a:x'",
                "redis+cluster://a,b/1 | '1'",
                "redis+sentinel://u:secret@a,b | no master-name",
                "redis+sentinel://a,b/main/x | 'x'",
                "redis://u:secret@h/-1 | '-1'",
                "redis://u:@h | a user without a password",
                "redis://u:secret@h?x=secret | '?'",
                "redis://u:my secret@h | malformed",
            })
    void whatIsMalformedIsNamedAndThePasswordIsNot(String uri, String named) {
        assertThatThrownBy(() -> RedisAddress.parse(uri))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(named)
                .satisfies(refusal ->
                        assertThat(refusal.toString() + refusal.getCause()).doesNotContain("secret"));
    }

    @Test
    void itIsToldWithoutThePassword() {
        assertThat(RedisAddress.parse("redis+sentinel://u:secret@a,b:2/main"))
                .hasToString("Redis at redis+sentinel://a:26379,b:2/main");
    }
}
