package io.coordkit.samples.service;

import java.util.List;
import java.util.Locale;

/** The stores that can carry the services' locks, and their addresses. */
public enum LockStore {
    /** In the service's own process: no other process sees these locks, and they end with it. */
    MEMORY("memory:order-checkout", "memory"),
    REDIS("redis://127.0.0.1:6379", "redis", "rediss"),
    REDLOCK("redlock://127.0.0.1:6381,127.0.0.1:6382,127.0.0.1:6383,127.0.0.1:6384,127.0.0.1:6385", "redlock"),
    ETCD("etcd://127.0.0.1:2379", "etcd", "etcds"),
    ZOOKEEPER("zk://127.0.0.1:2181", "zk");

    private final String defaultUri;

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes it immutable
    private final List<String> schemes;

    LockStore(String defaultUri, String... schemes) {
        this.defaultUri = defaultUri;
        this.schemes = List.of(schemes);
    }

    /** Where it is unless a flag says otherwise. */
    public String defaultUri() {
        return defaultUri;
    }

    /**
     * Refuses the address of another kind of store.
     *
     * @param flag what gave the address, for the message
     * @throws StartupException if the scheme is not one of its own
     */
    void requireScheme(String flag, String uri) {
        String scheme = uri.contains(":") ? uri.substring(0, uri.indexOf(':')) : "";
        if (!schemes.contains(scheme)) {
            throw new StartupException(flag + " must look like " + defaultUri + " with --lock=" + this
                    + ", its scheme was '" + scheme + "'");
        }
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
