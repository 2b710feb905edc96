package io.coordkit.samples.backend;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnStore;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contract on H2, where it takes as long as on MariaDB: in this JVM, and in one that is killed and restarted where the rules are about outages. */
@Tag("soak")
class JdbcOnH2Test extends LockBackendContract {
    private static final String URL = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";

    @TempDir
    private Path directory;

    @Override
    protected LockBackend openBackend() {
        return open(URL);
    }

    @Override
    protected void loseFromStore(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Jdbi.create(URL).useHandle(handle -> handle.execute("DELETE FROM coordkit_lock WHERE name = ?", bytes));
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        H2Process store = new H2Process(directory);
        store.start();
        return Optional.of(store);
    }

    private static LockBackend open(String url) {
        return new JdbcLockProvider().open(URI.create(url), Settings.NONE);
    }
}
