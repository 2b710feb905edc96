package io.coordkit.id.sql;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;

/** How the numbers of a row are read as ranges. Immutable. */
interface Numbering {

    /** The numbers of a row as found; {@code version} is 0 where the table has none. */
    record Row(long maxId, long step, long version) {}

    /** What the row of a new tag holds. */
    Row fresh();

    /**
     * The range that is next.
     *
     * @throws IdUnavailableException if there is none, or the row makes no sense
     */
    IdRange next(String tag, Row row, long wanted);

    /** What {@code max_id} is to be once that range is taken. */
    long maxIdAfter(Row row, IdRange taken);

    /** Whether tails can go back. */
    boolean takesBack();

    /** What {@code max_id} is when a range that begins there is next. */
    long maxIdBefore(long first);

    /**
     * One range directly behind the other.
     *
     * @param step of new tags
     * @param lead how far the next id is ahead of {@code max_id}: 1 where that is the last id, 0 where it is the next
     */
    record Dense(int step, int lead) implements Numbering {
        @Override
        public Row fresh() {
            return new Row(1 - lead, step, 0);
        }

        @Override
        public IdRange next(String tag, Row row, long wanted) {
            if (row.maxId < 0 || row.step < 1) {
                throw new IdUnavailableException(
                        tag,
                        "its row needs max_id >= 0 and step >= 1, but has " + row.maxId + " and " + row.step,
                        null);
            }
            // The end of a range is exclusive, and must be a BIGINT too.
            long room = Long.MAX_VALUE - 1 - row.maxId;
            if (row.step > room) {
                throw new IdUnavailableException(
                        tag, "its ids are used up: max_id is " + row.maxId + ", the step " + row.step, null);
            }
            // Leaf begins at 1 too, unless somebody has written a 0.
            long first = Math.max(1, row.maxId + lead);
            return new IdRange(first, first + (wanted > room ? row.step : Math.max(wanted, row.step)));
        }

        @Override
        public long maxIdAfter(Row row, IdRange taken) {
            return taken.to() - lead;
        }

        @Override
        public boolean takesBack() {
            return true;
        }

        @Override
        public long maxIdBefore(long first) {
            return first - lead;
        }
    }

    /**
     * Every {@code limit}-th range: those of one among several databases. The row's step is the distance from one range
     * to the next, as with MySQL's {@code auto_increment_increment}, so that a client that is set otherwise is found
     * out.
     *
     * @param step ids per range
     * @param number of this database, from 1
     * @param limit how many databases there can be
     */
    record Shared(int step, int number, int limit) implements Numbering {
        @Override
        public Row fresh() {
            return new Row(offset(), distance(), 0);
        }

        @Override
        public IdRange next(String tag, Row row, long wanted) {
            if (row.step != distance() || row.maxId < 0 || row.maxId % distance() != offset()) {
                throw new IdUnavailableException(
                        tag,
                        "its row, with max_id " + row.maxId + " and step " + row.step + ", is not that of database "
                                + number + " among at most " + limit + " with ranges of " + step,
                        null);
            }
            if (row.maxId >= Long.MAX_VALUE - distance()) {
                throw new IdUnavailableException(tag, "its ids are used up: max_id is " + row.maxId, null);
            }
            return new IdRange(row.maxId + 1, row.maxId + 1 + step);
        }

        @Override
        public long maxIdAfter(Row row, IdRange taken) {
            return row.maxId + distance();
        }

        @Override
        public boolean takesBack() {
            return false;
        }

        @Override
        public long maxIdBefore(long first) {
            return first - 1;
        }

        private long offset() {
            return (number - 1L) * step;
        }

        private long distance() {
            return (long) limit * step;
        }
    }
}
