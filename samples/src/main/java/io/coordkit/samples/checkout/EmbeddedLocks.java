package io.coordkit.samples.checkout;

import io.coordkit.samples.service.Lifetime;
import io.coordkit.samples.service.LockChoice;
import io.coordkit.samples.service.LockStore;
import java.util.ArrayList;
import java.util.List;

/**
 * The lock store of the services that a checkout starts.
 *
 * @param flags what the services must be told of it
 * @param description what runs where, for the user
 */
record EmbeddedLocks(List<String> flags, String description) {
    private static final int REDLOCK_NODES = 5;

    /** The names of all processes that this may start in a data directory. */
    static List<String> processNames() {
        List<String> names = new ArrayList<>(List.of(RedisProcess.NAME));
        for (int node = 1; node <= REDLOCK_NODES; node++) {
            names.add(redlockNode(node));
        }
        return names;
    }

    /**
     * Starts the store if it is Redis and no flag says where it runs. What an earlier run left behind is adopted, or
     * ended if it is not wanted now.
     *
     * @param lifetime closes what was started
     */
    static EmbeddedLocks start(DataDirectory data, LockChoice locks, Lifetime lifetime) throws InterruptedException {
        List<String> wanted = wanted(locks);
        processNames().stream()
                .filter(name -> !wanted.contains(name))
                .forEach(name -> data.pidFile(name).endProcess());
        List<RedisProcess> started = new ArrayList<>();
        for (String name : wanted) {
            started.add(lifetime.owns(RedisProcess.in(data, name)));
        }
        if (started.isEmpty()) {
            return new EmbeddedLocks(flags(locks.store(), locks.address()), describe(locks));
        }
        if (locks.store() == LockStore.REDIS) {
            RedisProcess only = started.get(0);
            return new EmbeddedLocks(flags(locks.store(), only.url()), only.description());
        }
        String addresses =
                String.join(",", started.stream().map(RedisProcess::address).toList());
        return new EmbeddedLocks(
                flags(locks.store(), "redlock://" + addresses), "Redlock on five Redis at " + addresses);
    }

    private static List<String> wanted(LockChoice locks) {
        if (locks.uri().isPresent()) {
            return List.of();
        }
        return switch (locks.store()) {
            case REDIS -> List.of(RedisProcess.NAME);
            case REDLOCK ->
                processNames().stream()
                        .filter(name -> !name.equals(RedisProcess.NAME))
                        .toList();
            case MEMORY, ETCD, ZOOKEEPER -> List.of();
        };
    }

    private static String redlockNode(int number) {
        return RedisProcess.NAME + "-" + number;
    }

    private static List<String> flags(LockStore store, String uri) {
        return List.of("--lock", store.toString(), "--lock-uri", uri);
    }

    private static String describe(LockChoice locks) {
        return locks.store() == LockStore.MEMORY
                ? "Locks in memory"
                : "Locks at " + locks.address().replaceFirst("//[^/]*@", "//");
    }
}
