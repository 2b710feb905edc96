package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.server.MariaDbServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On tables as their own documentation creates them, in a database whose collation ignores case. */
class LeafTableTest {
    private static final AtomicInteger databases = new AtomicInteger();
    private static MariaDbServer server;

    private final MysqlDataSource dataSource = new MysqlDataSource();
    private final Jdbi jdbi = Jdbi.create((DataSource) dataSource);

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** Word for word from Leaf's README, and the classic table as most describe it. */
    @BeforeEach
    void createTables() {
        dataSource.setUrl(server.createDatabase("leaf" + databases.incrementAndGet()));
        jdbi.useHandle(handle -> {
            handle.execute("CREATE TABLE `leaf_alloc` (`biz_tag` varchar(128) NOT NULL DEFAULT '',"
                    + " `max_id` bigint(20) NOT NULL DEFAULT '1', `step` int(11) NOT NULL,"
                    + " `description` varchar(256) DEFAULT NULL,"
                    + " `update_time` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,"
                    + " PRIMARY KEY (`biz_tag`)) ENGINE=InnoDB");
            handle.execute("INSERT INTO leaf_alloc(biz_tag, max_id, step, description)"
                    + " VALUES('leaf-segment-test', 1, 2000, 'Test leaf Segment Mode Get Id')");
            handle.execute("CREATE TABLE id_generator (id int(10) NOT NULL AUTO_INCREMENT,"
                    + " biz_type varchar(50) NOT NULL, max_id bigint(20) NOT NULL, step int(10) NOT NULL,"
                    + " version int(20) NOT NULL, PRIMARY KEY (id), UNIQUE KEY uk (biz_type)) ENGINE=InnoDB");
        });
    }

    private RangeAllocator on(SqlRangeTable table) {
        return SqlRangeAllocator.using(dataSource, SqlRangeOptions.DEFAULTS.withTable(table));
    }

    /** What a Leaf server does, with the statements of its IDAllocMapper: ids from max - step to max - 1. */
    private IdRange takeAsLeafDoes() {
        return jdbi.inTransaction(handle -> {
            handle.execute("UPDATE leaf_alloc SET max_id = max_id + step WHERE biz_tag = ?", "leaf-segment-test");
            return handle.select("SELECT max_id, step FROM leaf_alloc WHERE biz_tag = ?", "leaf-segment-test")
                    .map((row, context) -> new IdRange(row.getLong(1) - row.getLong(2), row.getLong(1)))
                    .one();
        });
    }

    @Test
    void leafsTable_isReadInPlace_besideLeafsOwnServers() throws Exception {
        RangeAllocator allocator = on(SqlRangeTable.LEAF_ALLOC);
        assertThat(allocator.allocate("leaf-segment-test")).isEqualTo(new IdRange(1, 2001));
        assertThat(takeAsLeafDoes()).isEqualTo(new IdRange(2001, 4001));

        List<Callable<List<IdRange>>> both = List.of(
                () -> fifty(() -> allocator.allocate("leaf-segment-test")),
                () -> fifty(() -> allocator.allocate("leaf-segment-test", 3_000)),
                () -> fifty(this::takeAsLeafDoes),
                () -> fifty(this::takeAsLeafDoes));
        List<IdRange> ranges = Crowd.run(both).stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingLong(IdRange::from))
                .toList();

        long expected = 4001;
        for (IdRange range : ranges) {
            assertThat(range.from()).isEqualTo(expected);
            expected = range.to();
        }
    }

    private static List<IdRange> fifty(Callable<IdRange> take) throws Exception {
        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ranges.add(take.call());
        }
        return ranges;
    }

    @Test
    void migrationScript_goesOnWhereLeafEnded() {
        IdRange last = takeAsLeafDoes();
        jdbi.useHandle(handle -> handle.execute(script("leaf_alloc-to-id_generator.sql")));

        assertThat(on(SqlRangeTable.ID_GENERATOR).allocate("leaf-segment-test"))
                .isEqualTo(new IdRange(last.to(), last.to() + 2000));
        jdbi.useHandle(handle -> handle.execute(script("leaf_alloc-to-id_generator.sql")));
        assertThat(on(SqlRangeTable.ID_GENERATOR).allocate("leaf-segment-test").from())
                .as("applied twice, it changes nothing")
                .isEqualTo(last.to() + 2000);
    }

    @Test
    void tagsThatDifferInCase_areNeverMerged_thoughTheCollationIgnoresIt() {
        for (SqlRangeTable table : List.of(SqlRangeTable.LEAF_ALLOC, SqlRangeTable.ID_GENERATOR)) {
            RangeAllocator allocator = on(table);
            IdRange range = allocator.allocate("Order");

            assertThatThrownBy(() -> allocator.allocate("order"))
                    .isInstanceOf(IdUnavailableException.class)
                    .hasMessageContainingAll("'order'", "'Order'", "collation");
            assertThat(allocator.allocate("Order").from()).isEqualTo(range.to());
            assertThat(allocator.giveBack("order", range)).isFalse();
        }
    }

    @Test
    void shippedScript_givesTheClassicTableABinaryCollation() {
        IdRange range = on(SqlRangeTable.ID_GENERATOR).allocate("Order");
        jdbi.useHandle(handle -> handle.execute(script("id_generator-binary-mysql.sql")));

        assertThat(on(SqlRangeTable.ID_GENERATOR).allocate("order").from()).isEqualTo(1);
        assertThat(on(SqlRangeTable.ID_GENERATOR).allocate("Order").from()).isEqualTo(range.to());
    }

    private static String script(String name) {
        try (InputStream in = Objects.requireNonNull(SqlRangeAllocator.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }
}
