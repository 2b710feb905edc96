package io.coordkit.lock.spi;

import io.coordkit.config.Settings;
import java.net.URI;
import java.util.Set;

/** Finds a backend by URI scheme, through {@link java.util.ServiceLoader}. */
public interface LockBackendProvider {

    /** The schemes it serves, lower case, for example {@code redis} and {@code rediss}. */
    Set<String> schemes();

    /**
     * Connects, and checks that the store can keep what the backend promises.
     *
     * @throws io.coordkit.ConfigurationException if the URI or a setting is malformed
     * @throws io.coordkit.BackendUnreachableException if the store does not answer
     */
    LockBackend open(URI uri, Settings settings);
}
