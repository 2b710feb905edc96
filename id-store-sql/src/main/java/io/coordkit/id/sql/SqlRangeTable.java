package io.coordkit.id.sql;

import java.util.Locale;

/** The tables that ranges can be kept in. */
public enum SqlRangeTable {
    /** The classic {@code id_generator (id, biz_type, max_id, step, version)}: {@code max_id} is the last id given out. */
    ID_GENERATOR,
    /**
     * Leaf's {@code leaf_alloc (biz_tag, max_id, step, description, update_time)}, where {@code max_id} is the next id
     * to give out. Leaf's own servers may go on working on it at the same time.
     */
    LEAF_ALLOC,
    /**
     * One table with an auto-increment column per tag, {@code id_ticket_<n>}, and the directory {@code id_ticket_tag}. A
     * row counts for one range, whose size is fixed by the tag's first. Nothing is taken back. Needs the right to create
     * tables.
     */
    AUTO_INCREMENT;

    String settingName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
