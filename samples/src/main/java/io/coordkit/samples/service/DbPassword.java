package io.coordkit.samples.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The password of a database's account; never on a command line, where everybody on the machine could read it. */
final class DbPassword {
    /** The environment variable that holds it. */
    static final String VARIABLE = "COORDKIT_DB_PASSWORD";

    private DbPassword() {}

    /**
     * What the environment or that file has; empty if neither is given.
     *
     * @param environment the variable's value, if it is set
     * @param file its first line is the password
     * @throws StartupException if both are given, or the file cannot be read
     */
    static Optional<String> from(@Nullable String environment, @Nullable Path file) {
        if (file == null) {
            return Optional.ofNullable(environment);
        }
        if (environment != null) {
            throw new StartupException("the password of the database is in " + VARIABLE
                    + " and by --db-password-file; leave out one of them, the file was '" + file + "'");
        }
        try {
            return Optional.of(Files.readString(file).lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new StartupException("--db-password-file '" + file + "' cannot be read: " + e, e);
        }
    }
}
