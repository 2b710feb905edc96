package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.server.MariaDbServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SqlRangeAllocatorTest {
    private static final AtomicInteger databases = new AtomicInteger();
    private static MariaDbServer server;

    enum Database {
        H2,
        MYSQL;

        /** A new, empty one. */
        DataSource open() {
            return switch (this) {
                case H2 -> h2("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
                case MYSQL -> mysql(server.createDatabase("ids" + databases.incrementAndGet()));
            };
        }
    }

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static DataSource h2(String url) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setUrl(url);
        return dataSource;
    }

    private static DataSource mysql(String url) {
        MysqlDataSource dataSource = new MysqlDataSource();
        dataSource.setUrl(url);
        return dataSource;
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void firstRangeBeginsAtOne_withTheStepOfTheOptions(Database database) {
        RangeAllocator allocator = SqlRangeAllocator.using(database.open(), SqlRangeOptions.DEFAULTS.withStep(5));

        assertThat(allocator.allocate("order")).isEqualTo(new IdRange(1, 6));
        assertThat(allocator.allocate("order")).isEqualTo(new IdRange(6, 11));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void rowThatExists_isGoneOnWith_andItsStepCounts(Database database) {
        DataSource dataSource = database.open();
        RangeAllocator allocator = SqlRangeAllocator.using(dataSource);
        insert(dataSource, 41, 30);

        assertThat(allocator.allocate("order")).isEqualTo(new IdRange(42, 72));
        Jdbi.create(dataSource).useHandle(handle -> handle.execute("UPDATE id_generator SET step = 2"));
        assertThat(allocator.allocate("order")).isEqualTo(new IdRange(72, 74));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void idsThatAreUsedUp_areRefused_toTheLast(Database database) {
        DataSource dataSource = database.open();
        RangeAllocator allocator = SqlRangeAllocator.using(dataSource);
        insert(dataSource, Long.MAX_VALUE - 21, 10);

        assertThat(allocator.allocate("order")).isEqualTo(new IdRange(Long.MAX_VALUE - 20, Long.MAX_VALUE - 10));
        assertThat(allocator.allocate("order")).isEqualTo(new IdRange(Long.MAX_VALUE - 10, Long.MAX_VALUE));
        assertThatThrownBy(() -> allocator.allocate("order"))
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContainingAll("used up", Long.toString(Long.MAX_VALUE - 1));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void rowThatMakesNoSense_isRefused(Database database) {
        DataSource dataSource = database.open();
        RangeAllocator allocator = SqlRangeAllocator.using(dataSource);
        insert(dataSource, 5, 0);

        assertThatThrownBy(() -> allocator.allocate("order"))
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContainingAll("step", "5 and 0");
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void rangeWhoseAnswerWasLost_isNeverGivenOut(Database database) {
        LosingDataSource losing = new LosingDataSource(database.open());
        RangeAllocator allocator =
                SqlRangeAllocator.using(losing.asDataSource(), SqlRangeOptions.DEFAULTS.withStep(10));
        allocator.allocate("order");
        losing.answersToLose.set(1);

        assertThatThrownBy(() -> allocator.allocate("order"))
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContaining("Connection reset");
        assertThat(allocator.allocate("order")).isEqualTo(new IdRange(21, 31));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void connectionsInsideATransaction_areRefused(Database database) {
        AtomicInteger opened = new AtomicInteger();
        DataSource dataSource = database.open();
        DataSource manual = ManualCommit.from(dataSource, () -> opened.getAndIncrement() > 0);

        RangeAllocator allocator = SqlRangeAllocator.using(manual);
        assertThatThrownBy(() -> allocator.allocate("order"))
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContaining("auto-commit");
        assertThatThrownBy(() -> SqlRangeAllocator.using(manual))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("auto-commit");
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void tableThatIsMissing_isNamed_andTheShippedScriptMakesIt(Database database) throws Exception {
        DataSource dataSource = database.open();
        SqlRangeOptions byHand = SqlRangeOptions.DEFAULTS.withCreateTable(false);
        assertThatThrownBy(() -> SqlRangeAllocator.using(dataSource, byHand))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("id_generator");

        String script = database == Database.H2 ? "id_generator-h2.sql" : "id_generator-mysql.sql";
        try (InputStream in = SqlRangeAllocator.class.getResourceAsStream(script)) {
            assertThat(in).isNotNull();
            String ddl = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Jdbi.create(dataSource).useHandle(handle -> handle.execute(ddl));
        }

        assertThat(SqlRangeAllocator.using(dataSource, byHand).allocate("order").from())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void tableWithoutItsUniqueKey_givesNothingOutTwice(Database database) {
        DataSource dataSource = database.open();
        Jdbi.create(dataSource)
                .useHandle(handle -> handle.execute("CREATE TABLE id_generator (id BIGINT DEFAULT 1,"
                        + " biz_type VARCHAR(128), max_id BIGINT, step INT, version BIGINT)"));
        RangeAllocator allocator = SqlRangeAllocator.using(dataSource);
        insert(dataSource, 0, 10);
        insert(dataSource, 0, 10);

        assertThatThrownBy(() -> allocator.allocate("order"))
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContainingAll("2 rows", "unique key");
    }

    @Test
    void h2ThatForgets_isRefused(@TempDir Path directory) {
        assertThatThrownBy(() -> SqlRangeAllocator.using(h2("jdbc:h2:" + directory.resolve("ids"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("WRITE_DELAY");
    }

    @Test
    void databaseThatDoesNotAnswer_isUnreachable() {
        try (MariaDbServer down = MariaDbServer.start()) {
            String url = down.createDatabase("ids");
            RangeAllocator allocator = SqlRangeAllocator.connect(url, new Properties(), SqlRangeOptions.DEFAULTS);
            down.kill9();

            assertThatThrownBy(() -> allocator.allocate("order")).isInstanceOf(IdUnavailableException.class);
            assertThatThrownBy(() -> SqlRangeAllocator.using(mysql(url)))
                    .isInstanceOf(BackendUnreachableException.class);
        }
    }

    @Test
    void stepOutOfRange_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SqlRangeOptions.DEFAULTS.withStep(0))
                .withMessageContainingAll("step", "was 0");
    }

    private static void insert(DataSource dataSource, long maxId, int step) {
        Jdbi.create(dataSource)
                .useHandle(handle -> handle.execute(
                        "INSERT INTO id_generator (biz_type, max_id, step, version) VALUES ('order', ?, ?, 3)",
                        maxId,
                        step));
    }
}
