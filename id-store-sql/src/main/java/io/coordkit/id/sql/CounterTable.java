package io.coordkit.id.sql;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.id.sql.Numbering.Row;
import io.coordkit.sql.SqlErrors;
import io.coordkit.sql.SqlSchema;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * A table with one row per tag, that says how far its ids have been given out: compared and set, so that nothing is
 * locked between reading and writing.
 */
final class CounterTable implements RangeTable {
    private final String name;
    private final Numbering numbering;
    private final String select;
    private final String insert;
    // Where there is a version it alone decides the race; max_id stands guard against a hand that edits a row and not
    // its version.
    private final String update;
    private final boolean versioned;

    private CounterTable(String name, String tagColumn, boolean versioned, Numbering numbering) {
        this.name = name;
        this.numbering = numbering;
        this.versioned = versioned;
        select = "SELECT " + tagColumn + ", max_id, step, " + (versioned ? "version" : "0") + " FROM " + name
                + " WHERE " + tagColumn + " = ?";
        insert = "INSERT INTO " + name + " (" + tagColumn + ", max_id, step, " + (versioned ? "version" : "description")
                + ") VALUES (?, ?, ?, " + (versioned ? "0" : "'Coordkit'") + ")";
        update = "UPDATE " + name + " SET max_id = ?" + (versioned ? ", version = version + 1" : "") + " WHERE "
                + tagColumn + " = ? AND max_id = ?" + (versioned ? " AND version = ?" : "");
    }

    static CounterTable classic(Numbering numbering) {
        return new CounterTable("id_generator", "biz_type", true, numbering);
    }

    static CounterTable leaf(Numbering numbering) {
        return new CounterTable("leaf_alloc", "biz_tag", false, numbering);
    }

    @Override
    public Set<RangeGuarantee> guarantees() {
        return numbering.takesBack()
                ? EnumSet.of(RangeGuarantee.ASCENDING, RangeGuarantee.SIZED, RangeGuarantee.TAKES_BACK)
                : EnumSet.of(RangeGuarantee.ASCENDING);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void prepare(Handle handle, boolean create) throws SQLException {
        if (create) {
            SqlSchema.ensure(handle.getConnection(), name, CounterTable.class);
        }
        read(handle, "");
    }

    @Override
    public Optional<IdRange> take(Handle handle, String tag, long wanted) {
        Optional<Row> row = find(handle, tag);
        if (row.isEmpty()) {
            boolean refused = !insert(handle, tag);
            row = find(handle, tag);
            if (refused && row.isEmpty()) {
                requireNoOtherSpelling(handle, tag);
            }
        }
        return row.flatMap(found -> {
            IdRange range = numbering.next(tag, found, wanted);
            return set(handle, tag, found, numbering.maxIdAfter(found, range)) ? Optional.of(range) : Optional.empty();
        });
    }

    @Override
    public boolean giveBack(Handle handle, String tag, IdRange tail) {
        if (!numbering.takesBack()) {
            return false;
        }
        Optional<Row> row = find(handle, tag);
        return row.isPresent()
                && row.get().maxId() == numbering.maxIdBefore(tail.to())
                && set(handle, tag, row.get(), numbering.maxIdBefore(tail.from()));
    }

    private Optional<Row> find(Handle handle, String tag) {
        List<Row> rows = read(handle, tag).stream()
                .filter(found -> found.tag.equals(tag))
                .map(Found::row)
                .toList();
        if (rows.size() > 1) {
            throw ambiguous(tag, rows.size());
        }
        return rows.stream().findFirst();
    }

    private List<Found> read(Handle handle, String tag) {
        return handle.select(select, tag)
                .map((row, context) ->
                        new Found(row.getString(1), new Row(row.getLong(2), row.getLong(3), row.getLong(4))))
                .list();
    }

    /** False if the unique key refused it. */
    private boolean insert(Handle handle, String tag) {
        Row fresh = numbering.fresh();
        try {
            handle.execute(insert, tag, fresh.maxId(), fresh.step());
            return true;
        } catch (JdbiException e) {
            if (SqlErrors.isDuplicateKey(e)) {
                return false;
            }
            throw e;
        }
    }

    private boolean set(Handle handle, String tag, Row found, long maxId) {
        int updated = versioned
                ? handle.execute(update, maxId, tag, found.maxId(), found.version())
                : handle.execute(update, maxId, tag, found.maxId());
        if (updated > 1) {
            throw ambiguous(tag, updated);
        }
        return updated == 1;
    }

    /** With a collation that ignores case, the row of another tag can bar this one: its ids must not be merged with it. */
    private void requireNoOtherSpelling(Handle handle, String tag) {
        Predicate<Found> same = found -> found.tag.equals(tag);
        read(handle, tag).stream().filter(same.negate()).findFirst().ifPresent(other -> {
            throw new IdUnavailableException(
                    tag,
                    name + " takes it for '" + other.tag + "', for its collation ignores case; give the column a binary"
                            + " one (id_generator-binary-mysql.sql shows how)",
                    null);
        });
    }

    private IdUnavailableException ambiguous(String tag, int rows) {
        return new IdUnavailableException(
                tag, name + " has " + rows + " rows for it; the column of the tag needs a unique key", null);
    }

    private record Found(String tag, Row row) {}
}
