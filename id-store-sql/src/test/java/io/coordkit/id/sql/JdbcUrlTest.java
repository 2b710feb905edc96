package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.sql.JdbcUrl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdbcUrlTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    jdbc:mysql://db:3306/shop | jdbc:mysql://db:3306/shop
                    jdbc:mysql://db:3306/shop?user=u&password=secret | jdbc:mysql://db:3306/shop
                    jdbc:h2:file:/data/shop;PASSWORD=secret | jdbc:h2:file:/data/shop
                    jdbc:mysql://u:secret@db/shop | jdbc:mysql://db/shop
                    jdbc:mysql://u:secret@one,u:secret@two/shop | jdbc:mysql://two/shop
                    jdbc:mysql://address=(host=db)(user=u)(password=secret)/shop | jdbc:mysql://address=
                    jdbc:mysql://(host=db,user=u,password=secret)/shop | jdbc:mysql://
                    """)
    void nothingSecretIsToldOfAUrl(String url, String place) {
        assertThat(JdbcUrl.place(url)).isEqualTo(place);
    }
}
