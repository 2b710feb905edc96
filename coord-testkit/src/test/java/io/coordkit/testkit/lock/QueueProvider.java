package io.coordkit.testkit.lock;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import java.net.URI;
import java.util.Set;

/** Serves {@code alone://}: locks that no other process knows of. */
public final class QueueProvider implements LockBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public QueueProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("alone");
    }

    @Override
    public LockBackend open(URI uri, Settings settings) {
        return new QueueBackend(new QueueBackend.Store(), ProofFault.L36_EACH_PROCESS_LOCKS_FOR_ITSELF);
    }
}
