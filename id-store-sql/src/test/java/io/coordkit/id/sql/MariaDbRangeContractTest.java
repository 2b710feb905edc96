package io.coordkit.id.sql;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.id.RangeAllocatorContract;
import io.coordkit.testkit.server.MariaDbServer;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

class MariaDbRangeContractTest {
    private static MariaDbServer server;

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
        server.createDatabase("ids");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private abstract static class OnMariaDb extends RangeAllocatorContract {
        private final SqlRangeTable table;

        private OnMariaDb(SqlRangeTable table) {
            this.table = table;
        }

        @Override
        protected RangeAllocator open() {
            MysqlDataSource dataSource = new MysqlDataSource();
            dataSource.setUrl(server.jdbcUrl("ids"));
            return SqlRangeAllocator.using(dataSource, SqlRangeOptions.DEFAULTS.withTable(table));
        }

        @Override
        protected void crash() {
            server.kill9();
            server.restart();
        }
    }

    @Nested
    class Classic extends OnMariaDb {
        Classic() {
            super(SqlRangeTable.ID_GENERATOR);
        }
    }

    @Nested
    class Leaf extends OnMariaDb {
        Leaf() {
            super(SqlRangeTable.LEAF_ALLOC);
        }
    }

    @Nested
    class AutoIncrement extends OnMariaDb {
        AutoIncrement() {
            super(SqlRangeTable.AUTO_INCREMENT);
        }
    }

    @Nested
    class SeveralDatabases extends RangeAllocatorContract {
        @Override
        protected RangeAllocator open() {
            SqlRangeGroup group = SqlRangeGroup.of(16, SqlRangeOptions.DEFAULTS.withStep(100));
            for (int number = 1; number <= 3; number++) {
                group.add(number, server.createDatabase("ids" + number), new Properties());
            }
            return group;
        }

        @Override
        protected void crash() {
            server.kill9();
            server.restart();
        }
    }
}
