package io.coordkit.samples.service;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for a service's own database. */
public final class DbOptions {
    private final Path defaultFile;

    @Mixin
    private DbAccount account = new DbAccount();

    @Option(
            names = "--db-file",
            paramLabel = "FILE",
            description = "The H2 database, without its suffix .mv.db (default: one here, with the service's name).")
    private @Nullable Path file;

    @Option(
            names = "--db-url",
            paramLabel = "URL",
            description = "The database for --db=mysql, " + MySqlUrl.SHAPE + ". It must be there; its tables are made.")
    private @Nullable String url;

    /** @param defaultFile where an H2 database is unless a flag says otherwise */
    public DbOptions(Path defaultFile) {
        this.defaultFile = defaultFile;
    }

    /**
     * What the flags say.
     *
     * @throws StartupException if one is missing, malformed, or contradicts another
     */
    public Database database() {
        account.refuse(DbKind.H2, "--db-url", url);
        account.refuse(DbKind.MYSQL, "--db-file", file);
        account.refuseOnH2();
        return account.kind() == DbKind.MYSQL
                ? account.at("--db-url", account.url("--db-url", url))
                : new H2Database(file == null ? defaultFile : file);
    }
}
