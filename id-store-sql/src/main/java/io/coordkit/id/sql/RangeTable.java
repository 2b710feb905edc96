package io.coordkit.id.sql;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeGuarantee;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** What is asked of the tables that keep ranges. Each statement commits by itself. Thread-safe. */
interface RangeTable {

    /** What its ranges keep. */
    Set<RangeGuarantee> guarantees();

    /** Its name, lower case. */
    String name();

    /**
     * Sees that the table is there and can be read.
     *
     * @throws JdbiException if it cannot be created or read
     */
    void prepare(Handle handle, boolean create) throws SQLException;

    /**
     * Takes the next range of that tag, or nothing if another client was faster: ask again.
     *
     * @throws IdUnavailableException if the tag has none left, or what stands in the table makes no sense
     */
    Optional<IdRange> take(Handle handle, String tag, long wanted) throws SQLException;

    /** Takes the end of a range back, if it is the end of the newest. */
    boolean giveBack(Handle handle, String tag, IdRange tail) throws SQLException;
}
