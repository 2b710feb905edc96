package io.coordkit.id.sql;

import io.coordkit.config.Settings;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.spi.WorkerLeaseProvider;
import java.util.Properties;
import java.util.Set;

/** Serves {@code jdbc:} URLs; the settings {@code worker-user} and {@code worker-password} go to the driver. */
public final class SqlWorkerLeaseProvider implements WorkerLeaseProvider {

    /** For {@link java.util.ServiceLoader}. */
    public SqlWorkerLeaseProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("jdbc");
    }

    @Override
    public WorkerLeaseSource open(String uri, Settings settings) {
        Properties properties = new Properties();
        settings.text("worker-user").ifPresent(user -> properties.setProperty("user", user));
        settings.text("worker-password").ifPresent(password -> properties.setProperty("password", password));
        return SqlWorkerLeases.connect(uri, properties);
    }
}
