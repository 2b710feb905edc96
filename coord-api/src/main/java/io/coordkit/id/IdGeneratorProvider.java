package io.coordkit.id;

import io.coordkit.config.Settings;
import io.coordkit.observe.CoordObserver;

/** Makes generators from settings; found by type through {@link java.util.ServiceLoader}. */
public interface IdGeneratorProvider {

    /** The value of {@code coordkit.ids.<tag>.type} it answers to. */
    String type();

    /**
     * A generator for one tag.
     *
     * @throws io.coordkit.ConfigurationException if a setting is missing or malformed
     */
    IdGenerator open(String tag, Settings settings, CoordObserver observer);
}
