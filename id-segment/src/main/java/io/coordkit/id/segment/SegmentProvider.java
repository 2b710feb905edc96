package io.coordkit.id.segment;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdGeneratorProvider;
import io.coordkit.id.IdTags;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.sql.SqlRangeAllocator;
import io.coordkit.id.sql.SqlRangeOptions;
import io.coordkit.observe.CoordObserver;
import java.util.Properties;

/** Serves {@code type = segment}, with an allocator of its own that closes with the generator. */
public final class SegmentProvider implements IdGeneratorProvider {

    /** For {@link java.util.ServiceLoader}. */
    public SegmentProvider() {}

    @Override
    public String type() {
        return "segment";
    }

    @Override
    public IdGenerator open(String tag, Settings settings, CoordObserver observer) {
        String jdbcUrl = settings.requireText("jdbc-url");
        Properties login = new Properties();
        settings.text("user").ifPresent(user -> login.setProperty("user", user));
        settings.text("password").ifPresent(password -> login.setProperty("password", password));
        SqlRangeOptions options = SqlRangeOptions.DEFAULTS;
        try {
            IdTags.require(tag);
            options = options.withStep(settings.integer("step").orElse(options.step()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Ids '" + tag + "': " + e.getMessage(), e);
        }
        RangeAllocator allocator = SqlRangeAllocator.connect(jdbcUrl, login, options);
        return SegmentIds.over(tag, allocator, SegmentOptions.DEFAULTS, observer, System::nanoTime, allocator::close);
    }
}
