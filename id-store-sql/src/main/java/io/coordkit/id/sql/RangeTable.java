package io.coordkit.id.sql;

import io.coordkit.ConfigurationException;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.sql.H2Durability;
import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** The statements on {@code id_generator}. Each is a transaction of its own. Stateless. */
final class RangeTable {
    private static final String SELECT = "SELECT max_id, step, version FROM id_generator WHERE biz_type = ?";
    private static final String INSERT =
            "INSERT INTO id_generator (biz_type, max_id, step, version) VALUES (?, 0, ?, 0)";
    // The version alone decides the race; max_id stands guard against a hand that edits a row and not its version.
    private static final String UPDATE = "UPDATE id_generator SET max_id = ?, version = version + 1"
            + " WHERE biz_type = ? AND version = ? AND max_id = ?";

    private RangeTable() {}

    /**
     * Checks that ranges are safe in that database, and that the table is there, or creates it.
     *
     * @throws ConfigurationException if acknowledged commits could be lost there
     * @throws JdbiException if the table cannot be created or read
     */
    static void prepare(Handle handle, boolean create) throws SQLException {
        Connection connection = handle.getConnection();
        H2Durability.require(connection);
        if (!connection.getAutoCommit()) {
            throw new ConfigurationException(refusal());
        }
        if (create) {
            handle.execute(ddl(SqlDialect.of(connection)));
        }
        read(handle, "");
    }

    /** Takes the next range of that tag, or nothing if another client was faster: ask again. */
    static Optional<IdRange> take(Handle handle, String tag, int newStep) throws SQLException {
        if (!handle.getConnection().getAutoCommit()) {
            throw new IdUnavailableException(tag, refusal(), null);
        }
        List<Row> rows = read(handle, tag);
        if (rows.isEmpty()) {
            insert(handle, tag, newStep);
            rows = read(handle, tag);
        }
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        Row row = rows.get(0);
        int updated = rows.size() > 1 ? rows.size() : advance(handle, tag, row);
        if (updated > 1) {
            throw new IdUnavailableException(
                    tag, "id_generator has " + updated + " rows for it; biz_type needs a unique key", null);
        }
        return updated == 1 ? Optional.of(new IdRange(row.maxId + 1, row.maxId + row.step + 1)) : Optional.empty();
    }

    private static List<Row> read(Handle handle, String tag) {
        return handle.select(SELECT, tag)
                .map((row, context) -> new Row(row.getLong(1), row.getLong(2), row.getLong(3)))
                .list();
    }

    private static int advance(Handle handle, String tag, Row row) {
        if (row.maxId < 0 || row.step < 1) {
            throw new IdUnavailableException(
                    tag, "its row needs max_id >= 0 and step >= 1, but has " + row.maxId + " and " + row.step, null);
        }
        // The end of a range is exclusive, and must be a BIGINT too.
        if (row.maxId >= Long.MAX_VALUE - row.step) {
            throw new IdUnavailableException(
                    tag, "its ids are used up: max_id is " + row.maxId + ", the step " + row.step, null);
        }
        return handle.execute(UPDATE, row.maxId + row.step, tag, row.version, row.maxId);
    }

    private static void insert(Handle handle, String tag, int step) {
        try {
            handle.execute(INSERT, tag, step);
        } catch (JdbiException e) {
            if (!SqlErrors.isDuplicateKey(e)) {
                throw e;
            }
        }
    }

    private static String ddl(SqlDialect dialect) {
        String resource = dialect.name().toLowerCase(Locale.ROOT) + ".sql";
        try (InputStream in = Objects.requireNonNull(RangeTable.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String refusal() {
        return "the data source hands out connections without auto-commit, whose rollback would give a range out twice;"
                + " use one that is not part of a surrounding transaction";
    }

    private record Row(long maxId, long step, long version) {}
}
