package io.coordkit.id.sql;

/**
 * How ranges are kept. Immutable.
 *
 * @param step how many ids a range has, for tags that have no row yet; a row's own step is used afterwards and, but for
 *     {@link SqlRangeTable#AUTO_INCREMENT} and databases of a {@link SqlRangeGroup}, may be changed there at any time. 1
 *     to 1,000,000,000, default 1000
 * @param createTable whether to create the table if it does not exist, default true. Else apply
 *     {@code io/coordkit/id/sql/<table>-mysql.sql} or {@code <table>-h2.sql} of this module by hand
 * @param table where they are kept, default {@link SqlRangeTable#ID_GENERATOR}
 */
public record SqlRangeOptions(int step, boolean createTable, SqlRangeTable table) {
    /** Step 1000, table {@code id_generator}, created on demand. */
    public static final SqlRangeOptions DEFAULTS = new SqlRangeOptions(1000, true, SqlRangeTable.ID_GENERATOR);

    private static final int MAX_STEP = 1_000_000_000;

    public SqlRangeOptions {
        if (step < 1 || step > MAX_STEP) {
            throw new IllegalArgumentException("step must be between 1 and " + MAX_STEP + ", was " + step);
        }
    }

    /** These options with another step. */
    public SqlRangeOptions withStep(int newStep) {
        return new SqlRangeOptions(newStep, createTable, table);
    }

    /** These options, with or without creating the table. */
    public SqlRangeOptions withCreateTable(boolean create) {
        return new SqlRangeOptions(step, create, table);
    }

    /** These options with another table. */
    public SqlRangeOptions withTable(SqlRangeTable other) {
        return new SqlRangeOptions(step, createTable, other);
    }
}
