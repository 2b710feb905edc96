package io.coordkit.id.snowflake;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdGeneratorProvider;
import io.coordkit.observe.CoordObserver;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Serves {@code type = snowflake}. */
public final class SnowflakeProvider implements IdGeneratorProvider {

    /** For {@link java.util.ServiceLoader}. */
    public SnowflakeProvider() {}

    @Override
    public String type() {
        return "snowflake";
    }

    @Override
    public IdGenerator open(String tag, Settings settings, CoordObserver observer) {
        settings.requireText("worker");
        int worker = settings.integer("worker").orElseThrow();
        SnowflakeOptions options = SnowflakeOptions.DEFAULTS;
        try {
            options =
                    options.withEpoch(settings.text("epoch").map(Instant::parse).orElse(options.epoch()));
            return SnowflakeIds.fixedWorker(tag, worker, options, observer);
        } catch (DateTimeParseException e) {
            throw new ConfigurationException(
                    "Ids '" + tag + "': epoch must be an instant such as 2024-01-01T00:00:00Z, was '"
                            + e.getParsedString() + "'",
                    e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Ids '" + tag + "': " + e.getMessage(), e);
        }
    }
}
