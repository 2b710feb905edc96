package io.coordkit.sql;

/** What may be told of a JDBC URL. */
public final class JdbcUrl {
    private JdbcUrl() {}

    /** The URL without its parameters and credentials, which may be secret. */
    public static String place(String jdbcUrl) {
        return jdbcUrl.split("[?;]", 2)[0].replaceFirst("//.*@", "//");
    }
}
