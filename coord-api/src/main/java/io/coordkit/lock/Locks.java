package io.coordkit.lock;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import io.coordkit.observe.CoordObserver;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ServiceLoader;

/** Makes lock clients. */
public final class Locks {
    private Locks() {}

    /**
     * A client for the store at that address, with default options; its module must be on the class path.
     *
     * @param uri for example {@code redis://localhost:6379}
     * @throws ConfigurationException if the URI is malformed or no module serves its scheme
     * @throws io.coordkit.BackendUnreachableException if the store does not answer
     */
    public static LockClient open(String uri) {
        return open(uri, Settings.NONE, CoordObserver.NONE);
    }

    /**
     * A client for the store at that address, with {@code ttl}, {@code hand-overs} and {@code fair} from settings; the
     * backend may read more.
     *
     * @throws ConfigurationException as above, or if the settings ask for what the backend does not guarantee
     * @throws io.coordkit.BackendUnreachableException if the store does not answer
     */
    public static LockClient open(String uri, Settings settings, CoordObserver observer) {
        URI parsed;
        try {
            parsed = new URI(uri);
        } catch (URISyntaxException e) { // neither it nor the URI is told: they may hold a password
            throw new ConfigurationException("Lock URI is malformed: " + e.getReason() + " at index " + e.getIndex());
        }
        LockOptions options = LockOptions.DEFAULTS;
        try {
            options = new LockOptions(
                    settings.duration("ttl").orElse(options.ttl()),
                    settings.integer("hand-overs").orElse(options.handOvers()),
                    settings.flag("fair").orElse(options.fair()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Lock " + e.getMessage(), e);
        }
        String scheme = parsed.getScheme();
        LockBackend backend = ServiceLoader.load(LockBackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> scheme != null && provider.schemes().contains(scheme))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException("No lock module on the class path serves scheme '"
                        + scheme + "' of the lock URI for host '" + parsed.getHost() + "'"))
                .open(parsed, settings);
        return on(backend, options, LockRuntime.standard(observer));
    }

    /**
     * A client on that backend, which it closes in the end.
     *
     * @param runtime clock, threads and observer; closed with the client
     * @throws ConfigurationException if the options are fair and the backend does not promise {@link
     *     LockGuarantee#FAIR}; backend and runtime are closed then
     */
    public static LockClient on(LockBackend backend, LockOptions options, LockRuntime runtime) {
        if (options.fair() && !backend.guarantees().has(LockGuarantee.FAIR)) {
            LockGuarantees guarantees = backend.guarantees();
            runtime.close();
            backend.close();
            throw new ConfigurationException("fair is true, but lock backend '" + guarantees.backend()
                    + "' does not guarantee FAIR; it guarantees "
                    + guarantees.promised().keySet() + ". Leave fair off, or choose a backend that does");
        }
        return new StandardLockClient(backend, options, runtime);
    }
}
