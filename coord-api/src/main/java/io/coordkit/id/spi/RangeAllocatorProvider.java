package io.coordkit.id.spi;

import io.coordkit.config.Settings;
import io.coordkit.id.RangeAllocator;
import java.util.Set;

/** Opens stores of ranges by URI; found by scheme through {@link java.util.ServiceLoader}. */
public interface RangeAllocatorProvider {

    /** The schemes it answers to, for example {@code jdbc}. */
    Set<String> schemes();

    /**
     * An allocator that owns its connections.
     *
     * @param uri what stands behind {@code store}; its scheme is one of {@link #schemes}
     * @param settings those of the generator, of which it reads its own
     * @throws io.coordkit.ConfigurationException if the URI or a setting is missing or malformed, or the store unfit
     * @throws IllegalArgumentException if a setting is out of range
     * @throws io.coordkit.BackendUnreachableException if the store does not answer
     */
    RangeAllocator open(String uri, Settings settings);
}
