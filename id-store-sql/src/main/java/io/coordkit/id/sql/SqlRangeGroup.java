package io.coordkit.id.sql;

import io.coordkit.CoordException;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.id.sql.Numbering.Shared;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/**
 * Ranges from several databases that know nothing of each other: any of them may be down. They are numbered from 1 to a
 * fixed limit, and database {@code n} gives out every {@code limit}-th range from the {@code n}-th on, in the table
 * {@code id_generator}.
 *
 * <p><b>Promised:</b> no id is in two ranges, whichever database gave them and whenever it joined; a range as long as one
 * database answers.
 *
 * <p><b>Not promised:</b> order. Ranges come from the databases in turn, and one that was away or is new is behind. A
 * generator that promises strict order refuses this.
 *
 * <p><b>Configuration that must be the same everywhere and for ever:</b> the limit, the step, and which database has
 * which number. It is checked against the rows: the row's {@code step} is limit x step, as with MySQL's
 * {@code auto_increment_increment}, and a row that does not fit is refused.
 *
 * <p>A database that fails is left alone for a while, 1 s at first and 30 s at last, unless none of the others answers.
 * Give the data sources short timeouts: one that hangs is waited for each time it is tried.
 *
 * <p>Thread-safe; databases may be added at any time. After TinyID, Didi 2018.
 */
public final class SqlRangeGroup implements RangeAllocator {
    private static final int MAX_LIMIT = 1024;

    private final int limit;
    private final SqlRangeOptions options;
    private final LongSupplier ticker;
    private final List<GroupMember> members = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicInteger> turns = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private SqlRangeGroup(int limit, SqlRangeOptions options, LongSupplier ticker) {
        this.limit = limit;
        this.options = options;
        this.ticker = ticker;
    }

    /**
     * A group without databases yet.
     *
     * @param limit how many there can ever be, 1 to 1,024. Higher costs nothing but larger ids
     * @param options of each; their step is the size of all ranges, and their table must be {@code ID_GENERATOR}
     */
    public static SqlRangeGroup of(int limit, SqlRangeOptions options) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be between 1 and " + MAX_LIMIT + ", was " + limit);
        }
        if (options.table() != SqlRangeTable.ID_GENERATOR) {
            throw new IllegalArgumentException("several databases need the table "
                    + SqlRangeTable.ID_GENERATOR.settingName() + ", not "
                    + options.table().settingName());
        }
        return new SqlRangeGroup(limit, options, System::nanoTime);
    }

    /**
     * Adds a database, which need not be up.
     *
     * @param number 1 to the limit, the same one for this database in every process
     * @throws IllegalArgumentException if the number is out of range or taken
     */
    public SqlRangeGroup add(int number, DataSource dataSource) {
        return add(number, Jdbi.create(dataSource));
    }

    /** As {@link #add(int, DataSource)}, with a connection of its own for each range. */
    public SqlRangeGroup add(int number, String jdbcUrl, Properties properties) {
        return add(number, Jdbi.create(jdbcUrl, SqlTimeouts.added(jdbcUrl, properties)));
    }

    private synchronized SqlRangeGroup add(int number, Jdbi jdbi) {
        if (number < 1 || number > limit) {
            throw new IllegalArgumentException("number must be between 1 and " + limit + ", was " + number);
        }
        if (members.stream().anyMatch(member -> member.number() == number)) {
            throw new IllegalArgumentException("number " + number + " is taken");
        }
        members.add(new GroupMember(
                number,
                jdbi,
                CounterTable.classic(new Shared(options.step(), number, limit)),
                options.createTable(),
                ticker));
        return this;
    }

    /** None. */
    @Override
    public Set<RangeGuarantee> guarantees() {
        return Set.of();
    }

    @Override
    public IdRange allocate(String tag, long wanted) {
        IdTags.require(tag);
        if (closed) {
            throw new IdUnavailableException(tag, "the allocator is closed", null);
        }
        CoordException failure = null;
        for (GroupMember member : inTurn(tag)) {
            try {
                return member.allocate(tag, wanted);
            } catch (CoordException e) {
                failure = failure == null ? e : failure;
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
        }
        throw new IdUnavailableException(
                tag,
                "none of " + members.size() + " databases gave a range"
                        + (failure == null ? "" : ": " + failure.getMessage()),
                failure);
    }

    /** Nothing: a row says where its next range begins, not where one ended. */
    @Override
    public boolean giveBack(String tag, IdRange tail) {
        IdTags.require(tag);
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** All of them, a different one first each time, and those that failed of late behind the others. */
    private List<GroupMember> inTurn(String tag) {
        List<GroupMember> order = new ArrayList<>(members);
        Collections.rotate(
                order, -turns.computeIfAbsent(tag, any -> new AtomicInteger()).getAndIncrement());
        order.sort(Comparator.comparing(GroupMember::isBenched));
        return order;
    }
}
