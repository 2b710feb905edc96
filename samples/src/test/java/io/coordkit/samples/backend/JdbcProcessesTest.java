package io.coordkit.samples.backend;

import io.coordkit.testkit.lock.LockProcessesContract;
import io.coordkit.testkit.server.CoordkitServers;
import io.coordkit.testkit.server.MariaDbServer;

@CoordkitServers
class JdbcProcessesTest extends LockProcessesContract {
    private final String url;

    JdbcProcessesTest(MariaDbServer server) {
        url = server.createDatabase("processes");
    }

    @Override
    protected String uri() {
        return url;
    }
}
