package io.coordkit.lock.redlock;

import static java.time.Duration.ofSeconds;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.OwnStore;

/** Three nodes that one test ends and starts again, empty: they vote once the longest TTL has passed. */
final class OwnNodes implements OwnStore {
    /** The longest TTL of the rules about outages, four times the short one. */
    private static final RedlockOptions OPTIONS = new RedlockOptions(ofSeconds(8), ofSeconds(1));

    private final TestNodes nodes = TestNodes.startReady(3, OPTIONS);

    @Override
    public LockBackend open() {
        return nodes.openBackend();
    }

    /** One of several that are named. */
    @Override
    public String address() {
        return nodes.uris().get(0);
    }

    @Override
    public void stop() {
        nodes.stopAll();
    }

    @Override
    public void start() {
        nodes.startAll();
    }

    @Override
    public void close() {
        nodes.close();
    }
}
