package io.coordkit.txn.spi;

import io.coordkit.config.Settings;
import io.coordkit.observe.CoordObserver;
import io.coordkit.txn.TwoPhase;

/** Makes a two-phase commit coordinator from settings; found through {@link java.util.ServiceLoader}. */
public interface TwoPhaseProvider {

    /**
     * A coordinator that has begun to recover what its log and its databases hold.
     *
     * @throws io.coordkit.ConfigurationException if a setting is missing or malformed
     */
    TwoPhase open(Settings settings, CoordObserver observer);
}
