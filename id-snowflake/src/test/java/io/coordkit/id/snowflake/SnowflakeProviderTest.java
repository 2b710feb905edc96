package io.coordkit.id.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SnowflakeProviderTest {

    @Test
    void settingsReachTheGenerator() {
        Instant epoch = Instant.parse("2020-01-01T00:00:00Z");
        Instant before = Instant.now();
        try (Coordkit kit = open(Map.of("worker", "42", "epoch", epoch.toString()))) {
            long id = kit.ids("order").next();

            assertThat((id >>> 12) & 1023).isEqualTo(42);
            assertThat(epoch.plusMillis(id >>> 22)).isBetween(before.minusMillis(1), before.plusSeconds(600));
        }
    }

    @Test
    void badSettings_areNamed() {
        assertRefused(Map.of(), "coordkit.ids.order.worker");
        assertRefused(Map.of("worker", "many"), "coordkit.ids.order.worker", "'many'");
        assertRefused(Map.of("worker", "1024"), "'order'", "was 1024");
        assertRefused(Map.of("worker", "1", "epoch", "yesterday"), "epoch", "'yesterday'");
        assertRefused(Map.of("worker", "1", "epoch", "2100-01-01T00:00:00Z"), "2100");
        assertRefused(Map.of("worker", "1", "wroker", "1"), "coordkit.ids.order.wroker");
    }

    @Test
    void layoutAndDatacenterReachTheGenerator() {
        try (Coordkit kit = open(Map.of("worker", "4", "datacenter", "3", "layout", "41/5/5/12"))) {
            SnowflakeIds ids = (SnowflakeIds) kit.ids("order");
            SnowflakeId id = ids.inspect(ids.next());

            assertThat(id.datacenter()).isEqualTo(3);
            assertThat(id.machine()).isEqualTo(4);
        }
    }

    @Test
    void badStores_areNamed() {
        assertRefused(Map.of("worker", "1", "worker-store", "jdbc:x"), "worker-store", "either");
        assertRefused(Map.of("worker-store", "mongodb://user:secret@host"), "'mongodb'", "id-store-sql");
        assertRefused(Map.of("worker", "1", "layout", "10/10"), "layout", "'10/10'");
        assertRefused(Map.of("worker", "1", "borrow", "PT1S"), "borrow");
        assertRefused(Map.of("worker", "1", "layout", "seconds", "horizon", "P9999D"), "horizon", "28/22/13s");
    }

    private static void assertRefused(Map<String, String> settings, String... named) {
        assertThatThrownBy(() -> open(settings).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(named);
    }

    private static Coordkit open(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.setProperty("coordkit.ids.order.type", "snowflake");
        settings.forEach((key, value) -> properties.setProperty("coordkit.ids.order." + key, value));
        return Coordkit.open(CoordkitConfig.fromProperties(properties));
    }
}
