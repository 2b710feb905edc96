package io.coordkit.samples.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The options for the kind of database, and the account on it, that all programs have. */
public final class DbAccount {
    @Option(
            names = "--db",
            paramLabel = "KIND",
            converter = DbKind.Flag.class,
            description = "Where the data are: ${COMPLETION-CANDIDATES} (default: h2, in embedded files). mysql is for"
                    + " MariaDB, too.",
            showDefaultValue = Visibility.NEVER)
    private @Nullable DbKind kind;

    @Option(
            names = "--db-user",
            paramLabel = "NAME",
            description = "The account for --db=mysql (default: the one in the URL, ?user=NAME). Its password is taken"
                    + " from the environment variable " + DbPassword.VARIABLE + ".")
    private @Nullable String user;

    @Option(
            names = "--db-password-file",
            paramLabel = "FILE",
            description = "Its password is the first line of this file instead.")
    private @Nullable Path passwordFile;

    /** What was chosen. */
    public DbKind kind() {
        return kind == null ? DbKind.H2 : kind;
    }

    /** Whether any of these flags was given. */
    public boolean isGiven() {
        return kind != null || user != null || passwordFile != null;
    }

    /**
     * Refuses a flag that goes with the other kind of database only.
     *
     * @param value null if it was not given
     * @throws StartupException naming flag and value
     */
    public void refuse(DbKind when, String flag, @Nullable Object value) {
        if (kind() == when && value != null) {
            throw new StartupException(flag + " does not go with --db=" + when + ", was '"
                    + (flag.endsWith("-db") || flag.endsWith("-url") ? MySqlUrl.tellable(value.toString()) : value)
                    + "'");
        }
    }

    /** Refuses the account for a database that needs none. */
    public void refuseOnH2() {
        refuse(DbKind.H2, "--db-user", user);
        refuse(DbKind.H2, "--db-password-file", passwordFile);
    }

    /**
     * The URL that --db=mysql needs.
     *
     * @throws StartupException if it is missing, malformed, or names another account than --db-user
     */
    public MySqlUrl url(String flag, @Nullable String value) {
        if (value == null) {
            throw new StartupException("--db=mysql needs " + flag + " " + MySqlUrl.SHAPE);
        }
        MySqlUrl url = MySqlUrl.parse(flag, value);
        if (user != null && url.hasUser()) {
            throw new StartupException(flag + " '" + url.place() + "' has a parameter 'user', and --db-user is '" + user
                    + "'; leave out one of them");
        }
        return url;
    }

    /** The password, if one is given. */
    Optional<String> password() {
        return DbPassword.from(System.getenv(DbPassword.VARIABLE), passwordFile);
    }

    /** The database at that URL, by this account. */
    Database at(String flag, MySqlUrl url) {
        return new MySqlDatabase(flag, url, Optional.ofNullable(user), password());
    }

    /** The same for a service, which inherits the environment. */
    public List<String> flags() {
        List<String> flags = new ArrayList<>(List.of("--db", kind().toString()));
        if (user != null) {
            flags.addAll(List.of("--db-user", user));
        }
        if (passwordFile != null) {
            flags.addAll(
                    List.of("--db-password-file", passwordFile.toAbsolutePath().toString()));
        }
        return flags;
    }
}
