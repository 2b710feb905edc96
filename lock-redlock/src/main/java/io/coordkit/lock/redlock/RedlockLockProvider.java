package io.coordkit.lock.redlock;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.config.TlsSettings;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import java.net.URI;
import java.util.List;
import java.util.Set;

/** Serves the schemes, and reads the settings, that {@link RedlockLocks} describes. */
public final class RedlockLockProvider implements LockBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RedlockLockProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redlock", "redlocks");
    }

    @Override
    public LockBackend open(URI uri, Settings settings) {
        List<RedlockAddress> nodes = RedlockAddress.ofAll(uri);
        RedlockOptions options;
        try {
            options = new RedlockOptions(
                    settings.duration("max-ttl").orElse(RedlockOptions.DEFAULTS.maxTtl()),
                    settings.duration("node-timeout").orElse(RedlockOptions.DEFAULTS.nodeTimeout()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Redlock " + e.getMessage(), e);
        }
        TlsSettings tls = TlsSettings.of(settings);
        if (!uri.getScheme().equals("redlocks")) {
            tls.refuseWithoutTls("Redlock at " + nodes, "make the URI begin with redlocks instead of redlock");
        }
        options.requireTtl(settings.duration("ttl").orElse(LockOptions.DEFAULTS.ttl()));
        return RedlockConnection.open(nodes, options, tls);
    }
}
