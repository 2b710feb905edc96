package io.coordkit.config;

import io.coordkit.ConfigurationException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Textual settings below one prefix, each read with its type. A message about a bad value gives the whole key. A key
 * that nobody read is an error too: it is most often a misspelt one.
 *
 * <p>Thread-safe.
 */
public final class Settings {
    /** No settings at all. */
    public static final Settings NONE = new Settings("", Map.of());

    private final String prefix;
    private final Map<String, String> values;
    private final Set<String> read = ConcurrentHashMap.newKeySet();

    /**
     * @param prefix what the keys were cut from, for messages; empty or ending in a dot
     * @param values the settings by the rest of their key
     */
    public Settings(String prefix, Map<String, String> values) {
        this.prefix = prefix;
        this.values = Map.copyOf(values);
    }

    /** The settings below {@code name}, each key without it. They count as read here. */
    public Settings below(String name) {
        Map<String, String> cut = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(name + ".")) {
                read.add(key);
                cut.put(key.substring(name.length() + 1), value);
            }
        });
        return new Settings(prefix + name + ".", cut);
    }

    /** The first parts of all keys, up to their first dot. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        values.keySet().forEach(key -> names.add(key.contains(".") ? key.substring(0, key.indexOf('.')) : key));
        return names;
    }

    /** A text, if set. */
    public Optional<String> text(String key) {
        read.add(key);
        return Optional.ofNullable(values.get(key)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /**
     * A text that must be set.
     *
     * @throws ConfigurationException if it is not
     */
    public String requireText(String key) {
        return text(key).orElseThrow(() -> new ConfigurationException(prefix + key + " must be set"));
    }

    /**
     * An ISO-8601 duration such as {@code PT30S}, if set.
     *
     * @throws ConfigurationException if it is malformed
     */
    public Optional<Duration> duration(String key) {
        return parsed(key, "a duration such as PT30S", value -> {
            try {
                return Duration.parse(value);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    /**
     * A whole number, if set.
     *
     * @throws ConfigurationException if it is malformed
     */
    public Optional<Integer> integer(String key) {
        return parsed(key, "a whole number", Integer::valueOf);
    }

    /**
     * {@code true} or {@code false}, if set.
     *
     * @throws ConfigurationException if it is anything else
     */
    public Optional<Boolean> flag(String key) {
        return parsed(key, "true or false", value -> {
            if (!value.equals("true") && !value.equals("false")) {
                throw new IllegalArgumentException("neither true nor false");
            }
            return value.equals("true");
        });
    }

    private <T> Optional<T> parsed(String key, String what, Function<String, T> parse) {
        return text(key).map(value -> {
            try {
                return parse.apply(value);
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException(prefix + key + " must be " + what + ", was '" + value + "'", e);
            }
        });
    }

    /**
     * Call once everything is read.
     *
     * @throws ConfigurationException naming the keys that nobody asked for
     */
    public void refuseUnread() {
        Set<String> unknown = new TreeSet<>();
        values.keySet().stream().filter(key -> !read.contains(key)).forEach(key -> unknown.add(prefix + key));
        if (!unknown.isEmpty()) {
            throw new ConfigurationException("Unknown setting " + String.join(", ", unknown));
        }
    }
}
