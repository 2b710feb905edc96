package io.coordkit.txn.spi;

import io.coordkit.config.Settings;
import java.net.URI;
import java.util.Set;

/** Reaches a participant by URI; found by scheme through {@link java.util.ServiceLoader}. */
public interface BranchEndpointProvider {

    /** The schemes it serves, lower case, for example {@code grpc}. */
    Set<String> schemes();

    /**
     * An endpoint for that address. Does not connect yet: a participant may be down when its coordinator starts.
     *
     * @param settings below {@code coordkit.tcc.endpoints}, the same for all endpoints
     * @throws io.coordkit.ConfigurationException if the URI or a setting is malformed
     */
    BranchEndpoint open(URI uri, Settings settings);
}
