package io.coordkit.id.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the database said, without Jdbi's words around it. */
final class SqlReason {
    private SqlReason() {}

    static @Nullable String of(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                return cause.getMessage();
            }
        }
        return failure.getMessage();
    }
}
