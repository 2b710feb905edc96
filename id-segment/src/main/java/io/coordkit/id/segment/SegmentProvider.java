package io.coordkit.id.segment;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdGeneratorProvider;
import io.coordkit.id.IdTags;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeAllocators;
import io.coordkit.observe.CoordObserver;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;

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
        try {
            IdTags.require(tag);
            SegmentOptions options = options(settings);
            String store = settings.text("store").orElseGet(() -> settings.requireText("jdbc-url"));
            return open(tag, settings, RangeAllocators.open(store, settings), options, observer);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Ids '" + tag + "': " + e.getMessage(), e);
        }
    }

    private static IdGenerator open(
            String tag, Settings settings, RangeAllocator allocator, SegmentOptions options, CoordObserver observer) {
        try {
            Segments segments = Segments.over(allocator, options, observer);
            ZoneId zone = zone(settings.text("zone").orElse("UTC"));
            IdGenerator ids = settings.integer("daily-digits")
                    .map(digits -> segments.daily(tag, zone, digits))
                    .orElseGet(() -> segments.ids(tag));
            return new OwningIds(ids, segments, allocator);
        } catch (RuntimeException e) {
            allocator.close();
            throw e;
        }
    }

    private static SegmentOptions options(Settings settings) {
        SegmentOptions options = SegmentOptions.DEFAULTS;
        return new SegmentOptions(
                settings.text("mode").map(SegmentProvider::mode).orElse(options.mode()),
                settings.duration("runway").orElse(options.runway()),
                settings.integer("max-step").orElse(options.maxStep()),
                settings.duration("patience").orElse(options.patience()));
    }

    private static SegmentMode mode(String name) {
        return Arrays.stream(SegmentMode.values())
                .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("mode must be strict or striped, was '" + name + "'"));
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("zone must be one such as Europe/Berlin, was '" + name + "'", e);
        }
    }
}
