package io.coordkit.samples.service;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC URL of a database on MySQL or MariaDB, as a flag may have it: with a user, perhaps, but never with a
 * password, for command lines can be read by everybody on the machine.
 */
public record MySqlUrl(String text) {
    /** What it looks like, for messages. */
    public static final String SHAPE = "jdbc:mysql://HOST[:PORT]/DATABASE[?NAME=VALUE&...]";

    private static final Pattern FORMAT = Pattern.compile(
            "(jdbc:mysql://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+])(?::[0-9]{1,5})?/[A-Za-z0-9_$-]{1,64})(?:\\?((?:[^%]|%[0-9A-Fa-f]{2})*))?");

    /**
     * Reads it.
     *
     * @param flag for the message, which never has what may be a password
     * @throws StartupException if it is malformed, or has a password
     */
    public static MySqlUrl parse(String flag, String value) {
        Matcher matcher = FORMAT.matcher(value);
        if (!matcher.matches()) {
            throw new StartupException(flag + " must look like " + SHAPE + ", was '" + tellable(value) + "'");
        }
        names(matcher.group(2))
                .filter(name -> name.contains("password"))
                .findFirst()
                .ifPresent(name -> {
                    throw new StartupException(flag + " '" + matcher.group(1) + "' must not have the parameter '" + name
                            + "': the password is taken from " + DbPassword.VARIABLE + " or --db-password-file");
                });
        return new MySqlUrl(value);
    }

    /** Whether it names the account. */
    boolean hasUser() {
        return names(text.contains("?") ? text.substring(text.indexOf('?') + 1) : null)
                .anyMatch("user"::equals);
    }

    /** Server and database, without anything else. */
    public String place() {
        return text.split("\\?", 2)[0];
    }

    private static Stream<String> names(@Nullable String parameters) {
        return parameters == null
                ? Stream.empty()
                : Arrays.stream(parameters.split("&", -1))
                        .map(parameter -> URLDecoder.decode(parameter.split("=", 2)[0], StandardCharsets.UTF_8))
                        .map(name -> name.strip().toLowerCase(Locale.ROOT));
    }

    /** As far as it cannot be a secret. */
    static String tellable(String value) {
        return value.split("[?;(]", 2)[0].replaceFirst("//.*@", "//");
    }
}
