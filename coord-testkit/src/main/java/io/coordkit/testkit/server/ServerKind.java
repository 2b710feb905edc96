package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/** The kinds of servers, and what each can be run from. */
enum ServerKind {
    /** Its program comes with the testkit. */
    REDIS("Redis"),
    ETCD("etcd"),
    ZOOKEEPER("ZooKeeper"),
    MYSQL("MySQL"),
    MARIADB("MariaDB");

    private static final String IMAGES = "images.properties";

    private final String title;

    ServerKind(String title) {
        this.title = title;
    }

    /** What it is called. */
    String title() {
        return title;
    }

    /** The environment variable that tells of one. */
    String variable() {
        return "COORDKIT_" + name();
    }

    /** The image that containers run, with its tag. */
    String image() {
        Properties images = new Properties();
        try (InputStream in = Objects.requireNonNull(ServerKind.class.getResourceAsStream(IMAGES), IMAGES)) {
            images.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String key = name().toLowerCase(Locale.ROOT);
        return Optional.ofNullable(images.getProperty(key))
                .orElseThrow(() -> new IllegalStateException(IMAGES + " has no line for " + key));
    }

    /** Why it cannot be a process of this machine; empty if it can. */
    Optional<String> missingProgram() {
        return switch (this) {
            case REDIS -> Optional.empty();
            case ETCD -> missing("etcd", "etcd-server");
            case ZOOKEEPER ->
                Files.isReadable(ZooKeeperServer.JAR)
                        ? missing("java", "default-jre-headless")
                        : Optional.of(ZooKeeperServer.JAR + " is missing; install it, on Debian with: apt-get install"
                                + " zookeeper");
            case MYSQL -> Optional.of("MySQL is run in containers only");
            case MARIADB -> missing("mariadbd", "mariadb-server");
        };
    }

    private static Optional<String> missing(String program, String debianPackage) {
        try {
            Programs.find(program, debianPackage);
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
