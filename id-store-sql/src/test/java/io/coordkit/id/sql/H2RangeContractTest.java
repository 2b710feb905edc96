package io.coordkit.id.sql;

import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.id.RangeAllocatorContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class H2RangeContractTest {

    private abstract static class OnH2 extends RangeAllocatorContract {
        private final SqlRangeTable table;

        @TempDir
        private Path directory = Path.of("unset");

        private OnH2(SqlRangeTable table) {
            this.table = table;
        }

        @Override
        protected RangeAllocator open() {
            return SqlRangeAllocator.connect(url(), new Properties(), SqlRangeOptions.DEFAULTS.withTable(table));
        }

        private String url() {
            return "jdbc:h2:" + directory.resolve("ranges").toAbsolutePath() + ";WRITE_DELAY=0";
        }

        /** As when the process dies: its files are left as they are. */
        @Override
        protected void crash() {
            try (Connection connection = DriverManager.getConnection(url());
                    Statement statement = connection.createStatement()) {
                statement.execute("SHUTDOWN IMMEDIATELY");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class Classic extends OnH2 {
        Classic() {
            super(SqlRangeTable.ID_GENERATOR);
        }
    }

    @Nested
    class Leaf extends OnH2 {
        Leaf() {
            super(SqlRangeTable.LEAF_ALLOC);
        }
    }

    @Nested
    class AutoIncrement extends OnH2 {
        AutoIncrement() {
            super(SqlRangeTable.AUTO_INCREMENT);
        }
    }
}
