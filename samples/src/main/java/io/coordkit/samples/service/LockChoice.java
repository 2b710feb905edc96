package io.coordkit.samples.service;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to carry the locks, as the flags {@code --lock}, {@code --lock-uri} and {@code --redis} have it.
 *
 * @param uri its address, if a flag gives one
 */
public record LockChoice(LockStore store, Optional<String> uri) {

    /**
     * The choice that these flags make.
     *
     * @throws StartupException if they contradict each other
     */
    public static LockChoice of(LockStore store, @Nullable String lockUri, @Nullable String redis) {
        if (redis != null && (store != LockStore.REDIS || lockUri != null)) {
            throw new StartupException("--redis gives the address for --lock=redis; "
                    + (lockUri != null ? "with --lock-uri it is one too many" : "use --lock-uri with --lock=" + store));
        }
        if (redis != null) {
            store.requireScheme("--redis", redis);
        } else if (lockUri != null) {
            store.requireScheme("--lock-uri", lockUri);
        }
        return new LockChoice(store, Optional.ofNullable(redis != null ? redis : lockUri));
    }

    /** Where the store is. */
    public String address() {
        return uri.orElse(store.defaultUri());
    }
}
