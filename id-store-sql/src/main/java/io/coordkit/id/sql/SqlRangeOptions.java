package io.coordkit.id.sql;

/**
 * How ranges are kept. Immutable.
 *
 * @param step how many ids a range has, for tags that have no row yet; a row's own step is used afterwards and may be
 *     changed there at any time. 1 to 1,000,000,000, default 1000
 * @param createTable whether to create the table {@code id_generator} if it does not exist, default true. Else apply
 *     {@code io/coordkit/id/sql/mysql.sql} or {@code h2.sql} of this module by hand
 */
public record SqlRangeOptions(int step, boolean createTable) {
    /** Step 1000, table created on demand. */
    public static final SqlRangeOptions DEFAULTS = new SqlRangeOptions(1000, true);

    private static final int MAX_STEP = 1_000_000_000;

    public SqlRangeOptions {
        if (step < 1 || step > MAX_STEP) {
            throw new IllegalArgumentException("step must be between 1 and " + MAX_STEP + ", was " + step);
        }
    }

    /** These options with another step. */
    public SqlRangeOptions withStep(int newStep) {
        return new SqlRangeOptions(newStep, createTable);
    }

    /** These options, with or without creating the table. */
    public SqlRangeOptions withCreateTable(boolean create) {
        return new SqlRangeOptions(step, create);
    }
}
