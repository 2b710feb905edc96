package io.coordkit.samples.backend;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnServers;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.CoordkitServers;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.Servers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** The contract on MariaDB, which is killed and restarted where the rules are about outages. */
@CoordkitServers
class JdbcOnMariaDbTest extends LockBackendContract {
    private final String url;

    JdbcOnMariaDbTest(MariaDbServer server) {
        url = server.createDatabase("locks");
    }

    @Override
    protected LockBackend openBackend() {
        return open(url);
    }

    @Override
    protected void loseFromStore(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Jdbi.create(url).useHandle(handle -> handle.execute("DELETE FROM coordkit_lock WHERE name = ?", bytes));
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        MariaDbServer server = Servers.own().mariaDb();
        String ownUrl = server.createDatabase("locks");
        return Optional.of(new OwnServers<>(
                List.of(server),
                address -> open(ownUrl),
                MariaDbServer::address,
                MariaDbServer::kill9,
                MariaDbServer::restart,
                MariaDbServer::close));
    }

    private static LockBackend open(String url) {
        return new JdbcLockProvider().open(URI.create(url), Settings.NONE);
    }
}
