package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentProviderTest {
    @TempDir
    Path directory;

    @Test
    void settingsReachTheAllocator() throws SQLException {
        try (Coordkit kit =
                open(Map.of("jdbc-url", url(";WRITE_DELAY=0"), "user", "me", "password", "secret", "step", "25"))) {
            assertThat(kit.ids("order").next()).isEqualTo(1);
        }
        try (Connection connection = DriverManager.getConnection(url(";WRITE_DELAY=0"), "me", "secret");
                ResultSet row = connection.createStatement().executeQuery("SELECT biz_type, step FROM id_generator")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("order");
            assertThat(row.getInt(2)).isEqualTo(25);
        }
    }

    @Test
    void badSettings_areNamed() {
        assertRefused(Map.of(), "coordkit.ids.order.jdbc-url");
        assertRefused(Map.of("jdbc-url", url(";WRITE_DELAY=0"), "step", "0"), "step", "'order'", "was 0");
        assertRefused(Map.of("jdbc-url", url(";WRITE_DELAY=0"), "steps", "5"), "coordkit.ids.order.steps");
    }

    @Test
    void databaseThatForgets_isRefused() {
        assertRefused(Map.of("jdbc-url", url("")), "WRITE_DELAY");
    }

    private static void assertRefused(Map<String, String> settings, String... named) {
        assertThatThrownBy(() -> open(settings).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(named);
    }

    private String url(String options) {
        return "jdbc:h2:" + directory.resolve("ids") + options;
    }

    private static Coordkit open(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.setProperty("coordkit.ids.order.type", "segment");
        settings.forEach((key, value) -> properties.setProperty("coordkit.ids.order." + key, value));
        return Coordkit.open(CoordkitConfig.fromProperties(properties));
    }
}
