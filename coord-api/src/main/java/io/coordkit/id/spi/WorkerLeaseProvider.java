package io.coordkit.id.spi;

import io.coordkit.config.Settings;
import io.coordkit.id.WorkerLeaseSource;
import java.util.Set;

/** Finds a source of worker numbers by URI scheme, through {@link java.util.ServiceLoader}. */
public interface WorkerLeaseProvider {

    /** The schemes it serves, lower case, for example {@code redis} and {@code rediss}. */
    Set<String> schemes();

    /**
     * Connects, and checks that the store can keep what the source promises.
     *
     * @param uri as text, for JDBC's are not URIs; messages must not repeat it: it may hold a password
     * @throws io.coordkit.ConfigurationException if the URI or a setting is malformed
     * @throws io.coordkit.BackendUnreachableException if the store does not answer
     */
    WorkerLeaseSource open(String uri, Settings settings);
}
