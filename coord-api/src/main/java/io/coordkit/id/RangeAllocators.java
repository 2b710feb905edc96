package io.coordkit.id;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.id.spi.RangeAllocatorProvider;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** Opens {@link RangeAllocator}s by URI. */
public final class RangeAllocators {
    private RangeAllocators() {}

    /**
     * The allocator of the store at that URI.
     *
     * @param uri for example {@code jdbc:mysql://localhost/ids}
     * @param settings of which the store reads its own
     * @throws ConfigurationException if no module on the class path serves its scheme, a setting is malformed, or the
     *     store unfit
     * @throws IllegalArgumentException if a setting is out of range
     * @throws io.coordkit.BackendUnreachableException if the store does not answer
     */
    public static RangeAllocator open(String uri, Settings settings) {
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon);
        Set<String> known = new TreeSet<>();
        for (RangeAllocatorProvider provider : ServiceLoader.load(RangeAllocatorProvider.class)) {
            if (provider.schemes().contains(scheme)) {
                return provider.open(uri, settings);
            }
            known.addAll(provider.schemes());
        }
        // Not the whole URI, which may hold a password.
        throw new ConfigurationException("No module on the class path keeps id ranges at '" + scheme + ":', only at "
                + known + "; add the id-store module for it");
    }
}
