package io.coordkit.lock.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdAddressTest {

    @Test
    void oneOrMoreMembersEachWithItsPortOrTheUsualOne() {
        assertThat(EtcdAddress.parse("etcd://localhost").endpoints())
                .containsExactly(URI.create("http://localhost:2379"));
        EtcdAddress three = EtcdAddress.parse("etcds://a.example:1,b-2.example,10.0.0.3:3/");
        assertThat(three.tls()).isTrue();
        assertThat(three.endpoints())
                .containsExactly(
                        URI.create("https://a.example:1"),
                        URI.create("https://b-2.example:2379"),
                        URI.create("https://10.0.0.3:3"));
        assertThat(EtcdAddress.parse("etcd://[::1]:4").endpoints()).containsExactly(URI.create("http://[::1]:4"));
    }

    @Test
    void credentialsAreDecodedAndNotShown() {
        EtcdAddress address = EtcdAddress.parse("etcd://me:a%40b+c:d@a:1,b:2");
        EtcdAddress.Credentials user = address.user().orElseThrow();
        assertThat(user.name()).isEqualTo("me");
        assertThat(user.password()).isEqualTo("a@b+c:d");
        assertThat(address.endpoints()).hasSize(2);
        assertThat(address + " " + user).doesNotContain("a@b").isEqualTo("etcd at a:1,b:2 me");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://a            | redis",
                "etcd:///             | host",
                "etcd://a,,b          | host ''",
                "etcd://a,b:x         | b:x",
                "etcd://a/prefix      | /prefix",
                "etcd://secret@a      | without a password",
                "etcd://u:secret^@a   | position"
            })
    void whatItIsNotIsRefusedAndNoPasswordShown(String uri, String message) {
        assertThatThrownBy(() -> EtcdAddress.parse(uri))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }
}
