package io.coordkit.lock.memory;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code memory:NAME}; the setting {@code era-file} names the file that counts the starts, see {@link
 * MemoryLocks}. Whoever opens that NAME in this JVM opens the same store and must name the same file.
 */
public final class MemoryLockProvider implements LockBackendProvider {
    /** What the whole JVM shares, and for as long as it lives: tokens must not begin again when nobody looks. */
    private static final Map<String, Shared> STORES = new ConcurrentHashMap<>();

    private record Shared(MemoryLocks locks, @Nullable Path eraFile) {}

    /** For {@link java.util.ServiceLoader}. */
    public MemoryLockProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public LockBackend open(URI uri, Settings settings) {
        String name = uri.getSchemeSpecificPart();
        if (!uri.isOpaque() || name.isBlank() || uri.getFragment() != null) {
            throw new ConfigurationException("Memory URI must look like memory:NAME, was '" + uri + "'");
        }
        Path eraFile = settings.text("era-file")
                .map(file -> Path.of(file).toAbsolutePath().normalize())
                .orElse(null);
        Shared shared = STORES.computeIfAbsent(name, key -> new Shared(start(key, eraFile), eraFile));
        if (!Objects.equals(shared.eraFile(), eraFile)) {
            throw new ConfigurationException("Lock store memory:" + name + " was opened " + told(shared.eraFile())
                    + " before, and cannot be opened " + told(eraFile) + " as well");
        }
        return shared.locks().backend();
    }

    private static MemoryLocks start(String name, @Nullable Path eraFile) {
        int era = eraFile == null ? 0 : EraFile.raise(eraFile);
        return new MemoryLocks(new MemoryStore(name, System::nanoTime, era), null);
    }

    private static String told(@Nullable Path eraFile) {
        return eraFile == null ? "without era-file" : "with era-file " + eraFile;
    }
}
