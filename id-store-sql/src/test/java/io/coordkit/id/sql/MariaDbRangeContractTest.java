package io.coordkit.id.sql;

import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.server.MariaDbServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

class MariaDbRangeContractTest {
    private static MariaDbServer server;

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Nested
    class Classic extends SqlServerRanges {
        Classic() {
            super(server);
        }

        @Override
        protected RangeAllocator open() {
            return table(server, SqlRangeTable.ID_GENERATOR);
        }
    }

    @Nested
    class Leaf extends SqlServerRanges {
        Leaf() {
            super(server);
        }

        @Override
        protected RangeAllocator open() {
            return table(server, SqlRangeTable.LEAF_ALLOC);
        }
    }

    @Nested
    class AutoIncrement extends SqlServerRanges {
        AutoIncrement() {
            super(server);
        }

        @Override
        protected RangeAllocator open() {
            return table(server, SqlRangeTable.AUTO_INCREMENT);
        }
    }

    @Nested
    class SeveralDatabases extends SqlServerRanges {
        SeveralDatabases() {
            super(server);
        }

        @Override
        protected RangeAllocator open() {
            return severalDatabases(server);
        }
    }
}
