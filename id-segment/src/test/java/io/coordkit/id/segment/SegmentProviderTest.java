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
    void modeAndDays_areSettings() {
        String url = url(";WRITE_DELAY=0");
        try (Coordkit kit = open(Map.of("store", url, "mode", "striped", "runway", "PT1S", "max-step", "5000"))) {
            assertThat(kit.ids("order").next()).isEqualTo(1);
        }
        try (Coordkit kit = open(Map.of("store", url, "table", "leaf-alloc"))) {
            assertThat(kit.ids("order").next()).isEqualTo(1);
        }
        try (Coordkit kit = open(Map.of("store", url, "daily-digits", "6", "zone", "Asia/Karachi"))) {
            assertThat(Long.toString(kit.ids("order").next())).matches("20[0-9]{6}000001");
        }
    }

    @Test
    void severalDatabases_areUrlsInOrder() {
        String urls = url("1;WRITE_DELAY=0") + " - " + url("2;WRITE_DELAY=0");
        Map<String, String> settings = Map.of("store", urls, "databases", "8", "step", "10", "mode", "striped");
        try (Coordkit kit = open(settings)) {
            assertThat(kit.ids("order").next()).isEqualTo(1);
        }
        assertRefused(Map.of("store", urls, "databases", "8"), "strict", "several databases");
        assertRefused(Map.of("store", urls, "mode", "striped"), "databases");
    }

    @Test
    void badSettings_areNamed() {
        assertRefused(Map.of(), "coordkit.ids.order.jdbc-url");
        assertRefused(Map.of("jdbc-url", url(";WRITE_DELAY=0"), "step", "0"), "step", "'order'", "was 0");
        assertRefused(Map.of("jdbc-url", url(";WRITE_DELAY=0"), "steps", "5"), "coordkit.ids.order.steps");
        assertRefused(Map.of("store", url(";WRITE_DELAY=0"), "mode", "loose"), "'order'", "mode", "was 'loose'");
        assertRefused(Map.of("store", url(";WRITE_DELAY=0"), "table", "leaf"), "leaf-alloc", "was 'leaf'");
        assertRefused(Map.of("store", url(";WRITE_DELAY=0"), "daily-digits", "11"), "digits", "was 11");
        assertRefused(Map.of("store", url(";WRITE_DELAY=0"), "daily-digits", "1", "zone", "Mars"), "zone", "'Mars'");
        assertRefused(Map.of("store", "gopher://host"), "'gopher:'", "jdbc");
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
