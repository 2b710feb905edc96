package io.coordkit.txn.spi;

import io.coordkit.config.Settings;
import io.coordkit.observe.CoordObserver;
import io.coordkit.txn.Tcc;

/** Makes a TCC coordinator from settings; found through {@link java.util.ServiceLoader}. */
public interface TccProvider {

    /**
     * A coordinator that has begun to recover what its log holds.
     *
     * @throws io.coordkit.ConfigurationException if a setting is missing or malformed
     */
    Tcc open(Settings settings, CoordObserver observer);
}
