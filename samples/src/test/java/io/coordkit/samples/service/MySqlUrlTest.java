package io.coordkit.samples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A URL is taken without a password only, and none is told of one that is refused. */
class MySqlUrlTest {
    private static final String FLAG = "--order-db";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mysql://localhost/orders",
                "jdbc:mysql://10.0.0.1:3307/orders?user=ann&sslMode=DISABLED",
                "jdbc:mysql://[::1]:3306/my_orders-2"
            })
    void wellFormed_isTaken(String url) {
        assertThat(MySqlUrl.parse(FLAG, url).text()).isEqualTo(url);
        assertThat(MySqlUrl.parse(FLAG, url).place()).isEqualTo(url.split("\\?", 2)[0]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mysql://localhost/orders?user=ann&password=s3cret",
                "jdbc:mysql://localhost/orders?PASSWORD=s3cret",
                "jdbc:mysql://localhost/orders?pass%77ord=s3cret",
                "jdbc:mysql://localhost/orders?password1=s3cret",
                "jdbc:mysql://localhost/orders?trustCertificateKeyStorePassword=s3cret",
                "jdbc:mysql://ann:s3cret@localhost/orders",
                "jdbc:mysql://address=(host=localhost)(password=s3cret)/orders",
                "jdbc:mysql://(host=localhost,password=s3cret)/orders",
                "jdbc:mariadb://ann:s3cret@localhost/orders",
                "mysql://ann:s3cret@localhost/orders?x=%zz",
                "jdbc:h2:mem:;PASSWORD=s3cret"
            })
    void password_isRefused_andNotTold(String url) {
        assertThatThrownBy(() -> MySqlUrl.parse(FLAG, url))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(FLAG)
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "jdbc:mysql://localhost", "jdbc:mysql://localhost/", "jdbc:mysql:///orders"})
    void malformed_isRefused_withTheValue(String url) {
        assertThatThrownBy(() -> MySqlUrl.parse(FLAG, url))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(FLAG + " must look like jdbc:mysql://")
                .hasMessageContaining("was '" + url + "'");
    }

    @Test
    void malformedEscape_isRefused() {
        assertThatThrownBy(() -> MySqlUrl.parse(FLAG, "jdbc:mysql://localhost/orders?%zz=1"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(FLAG);
    }
}
