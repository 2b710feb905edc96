package io.coordkit;

import io.coordkit.config.Settings;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Everything {@link Coordkit#open} needs, as text.
 *
 * <table>
 * <caption>Properties</caption>
 * <tr><td>{@code coordkit.locks.uri}</td><td>the lock store, for example {@code redis://localhost:6379}</td></tr>
 * <tr><td>{@code coordkit.locks.ttl}</td><td>ISO-8601, default {@code PT30S}</td></tr>
 * <tr><td>{@code coordkit.locks.hand-overs}</td><td>0 to 1023, default 64</td></tr>
 * <tr><td>{@code coordkit.locks.fair}</td><td>{@code true} or {@code false}, the default; see {@code
 * LockOptions.fair}</td></tr>
 * <tr><td>{@code coordkit.locks.require}</td><td>comma-separated {@code LockGuarantee}s the backend must give</td></tr>
 * <tr><td>{@code coordkit.ids.<tag>.type}</td><td>{@code snowflake} or {@code segment}</td></tr>
 * <tr><td>{@code coordkit.ids.<tag>.*}</td><td>see the entry class of that generator</td></tr>
 * <tr><td>{@code coordkit.tcc.*}</td><td>see the TCC coordinator</td></tr>
 * <tr><td>{@code coordkit.two-phase.*}</td><td>see the two-phase commit coordinator</td></tr>
 * </table>
 *
 * <p>A key below {@code coordkit.} that nobody knows is refused. Immutable.
 */
public final class CoordkitConfig {
    private static final String PREFIX = "coordkit.";

    private final Map<String, String> values;

    private CoordkitConfig(Map<String, String> values) {
        this.values = values;
    }

    /** The properties that begin with {@code coordkit.}; others are left alone. */
    public static CoordkitConfig fromProperties(Properties properties) {
        Map<String, String> values = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(PREFIX)) {
                values.put(key.substring(PREFIX.length()), properties.getProperty(key));
            }
        }
        return new CoordkitConfig(values);
    }

    Settings settings() {
        return new Settings(PREFIX, values);
    }
}
