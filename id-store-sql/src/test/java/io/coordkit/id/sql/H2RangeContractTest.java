package io.coordkit.id.sql;

import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.id.RangeAllocatorContract;
import io.coordkit.testkit.server.Servers;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;

class H2RangeContractTest {

    private abstract static class OnH2 extends RangeAllocatorContract {
        private static final AtomicInteger DATABASES = new AtomicInteger();

        private final String url = Servers.shared().h2().createDatabase("range_" + DATABASES.incrementAndGet());
        private final SqlRangeTable table;

        private OnH2(SqlRangeTable table) {
            this.table = table;
        }

        @Override
        protected RangeAllocator open() {
            return SqlRangeAllocator.connect(url, new Properties(), SqlRangeOptions.DEFAULTS.withTable(table));
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
