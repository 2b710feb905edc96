package io.coordkit.id.sql;

import io.coordkit.config.Settings;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.spi.RangeAllocatorProvider;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * Serves {@code jdbc:} URLs, with the settings of {@link SqlRangeAllocator}. Several URLs, separated by white space, are
 * a {@link SqlRangeGroup}: numbered from 1 in that order, {@code databases} (required) being its limit. The position of
 * one that is taken away for good is held by {@code -}.
 */
public final class SqlRangeProvider implements RangeAllocatorProvider {
    private static final String VACANT = "-";

    /** For {@link java.util.ServiceLoader}. */
    public SqlRangeProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("jdbc");
    }

    @Override
    public RangeAllocator open(String uri, Settings settings) {
        Properties login = new Properties();
        settings.text("user").ifPresent(user -> login.setProperty("user", user));
        settings.text("password").ifPresent(password -> login.setProperty("password", password));
        Optional<Integer> limit = settings.integer("databases");
        String[] urls = uri.split("\\s+", -1);
        SqlRangeOptions options = options(settings);
        if (limit.isEmpty() && urls.length == 1) {
            return SqlRangeAllocator.connect(uri, login, options);
        }
        SqlRangeGroup group = SqlRangeGroup.of(
                limit.orElseThrow(() -> new IllegalArgumentException("several databases need the setting databases:"
                        + " how many there can ever be, the same for ever")),
                options);
        for (int i = 0; i < urls.length; i++) {
            if (!urls[i].equals(VACANT)) {
                group.add(i + 1, urls[i], login);
            }
        }
        return group;
    }

    private static SqlRangeOptions options(Settings settings) {
        SqlRangeOptions options = SqlRangeOptions.DEFAULTS;
        return options.withStep(settings.integer("step").orElse(options.step()))
                .withTable(settings.text("table").map(SqlRangeProvider::table).orElse(options.table()));
    }

    private static SqlRangeTable table(String name) {
        return Arrays.stream(SqlRangeTable.values())
                .filter(table -> table.settingName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("table must be one of "
                        + Arrays.stream(SqlRangeTable.values())
                                .map(SqlRangeTable::settingName)
                                .toList()
                        + ", was '" + name + "'"));
    }
}
