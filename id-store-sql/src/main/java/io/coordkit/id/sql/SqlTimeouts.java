package io.coordkit.id.sql;

import java.time.Duration;
import java.util.Properties;

/** Connections that find out that a server is gone: MySQL's driver waits for ever by default. Stateless. */
final class SqlTimeouts {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private SqlTimeouts() {}

    /** The properties, with limits added that neither they nor the URL have. */
    static Properties added(String jdbcUrl, Properties properties) {
        Properties all = new Properties();
        properties.stringPropertyNames().forEach(name -> all.setProperty(name, properties.getProperty(name)));
        if (jdbcUrl.startsWith("jdbc:mysql:") || jdbcUrl.startsWith("jdbc:mariadb:")) {
            for (String name : new String[] {"connectTimeout", "socketTimeout"}) {
                if (!jdbcUrl.contains(name)) {
                    all.putIfAbsent(name, Long.toString(LIMIT.toMillis()));
                }
            }
        }
        return all;
    }
}
