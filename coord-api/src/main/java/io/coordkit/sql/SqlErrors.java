package io.coordkit.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Sorts SQL failures into the kinds that protocols treat differently. */
public final class SqlErrors {
    private static final int MYSQL_LOCK_WAIT_TIMEOUT = 1205;
    private static final int MYSQL_DEADLOCK = 1213;
    private static final int MYSQL_RECORD_CHANGED = 1020;
    private static final int MYSQL_TABLE_ACCESS_DENIED = 1142;
    private static final int MYSQL_DATABASE_ACCESS_DENIED = 1044;
    private static final int H2_NOT_ENOUGH_RIGHTS = 90096;
    private static final int H2_LOCK_TIMEOUT = 50200;
    private static final int H2_CONCURRENT_UPDATE = 90131;
    private static final int H2_GENERAL_ERROR = 50000;
    /** How H2's storage ends its message when a transaction is not in the state it was taken to be in. */
    private static final String H2_ILLEGAL_STATE = "/103]";

    private SqlErrors() {}

    /**
     * Whether the database gave up this transaction because of another one: a deadlock, a lock timeout or a concurrent
     * update. Roll back and run the whole transaction again.
     *
     * <p>H2 2.4 lets who finds a deadlock mark another transaction as its victim. When that one has just ended, or was
     * marked already, the finder fails with a general error, having written nothing.
     */
    public static boolean isContention(@Nullable Throwable failure) {
        SQLException sql = sqlException(failure);
        if (sql == null) {
            return false;
        }
        return switch (sql.getErrorCode()) {
            case MYSQL_LOCK_WAIT_TIMEOUT, MYSQL_DEADLOCK, MYSQL_RECORD_CHANGED, H2_LOCK_TIMEOUT, H2_CONCURRENT_UPDATE ->
                true;
            case H2_GENERAL_ERROR -> String.valueOf(sql.getMessage()).contains(H2_ILLEGAL_STATE);
            default -> "40001".equals(sql.getSQLState());
        };
    }

    /** Whether a unique key refused the row. */
    public static boolean isDuplicateKey(@Nullable Throwable failure) {
        SQLException sql = sqlException(failure);
        return sql != null && ("23505".equals(sql.getSQLState()) || sql.getErrorCode() == 1062);
    }

    /** Whether the account may not do that, or may not come in. */
    public static boolean isRefusal(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("28")
                || failure.getErrorCode() == MYSQL_TABLE_ACCESS_DENIED
                || failure.getErrorCode() == MYSQL_DATABASE_ACCESS_DENIED
                || failure.getErrorCode() == H2_NOT_ENOUGH_RIGHTS;
    }

    /**
     * Whether it is a driver's own, with what the database said as its cause: MySQL Connector/J lets some through when a
     * connection is cut while an answer is read.
     */
    public static boolean isUnchecked(RuntimeException failure) {
        return failure.getCause() instanceof SQLException;
    }

    private static @Nullable SQLException sqlException(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
