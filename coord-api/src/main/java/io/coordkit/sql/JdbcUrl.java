package io.coordkit.sql;

import java.time.Duration;

/** What may be told of a JDBC URL, and what should be in it. */
public final class JdbcUrl {
    private JdbcUrl() {}

    /**
     * The URL without its parameters and credentials, which may be secret; also without hosts that Connector/J is told in
     * parentheses, for passwords can be among them.
     */
    public static String place(String jdbcUrl) {
        return jdbcUrl.split("[?;(]", 2)[0].replaceFirst("//.*@", "//");
    }

    /**
     * The URL with limits for MySQL's driver, which otherwise waits for a silent server as long as the network lets it; what
     * the URL sets itself stands, and URLs of other drivers are left alone.
     *
     * @param connect to open a connection
     * @param answer for an answer on it
     */
    public static String bounded(String jdbcUrl, Duration connect, Duration answer) {
        return jdbcUrl.startsWith("jdbc:mysql:")
                ? with(with(jdbcUrl, "connectTimeout", connect), "socketTimeout", answer)
                : jdbcUrl;
    }

    private static String with(String url, String property, Duration value) {
        return url.contains(property + '=')
                ? url
                : url + (url.contains("?") ? '&' : '?') + property + '=' + value.toMillis();
    }
}
