package io.coordkit.lock.redis;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;

/** On a lone server; subclasses run it on more. */
class RedisLockContractTest extends LockBackendContract {

    String uri() {
        return Servers.shared().redis().uri();
    }

    /** The server on which a key lives. */
    RedisServer serverOf(String key) {
        return Servers.shared().redis();
    }

    @Override
    protected LockBackend openBackend() {
        return RedisConnection.open(RedisAddress.parse(uri()), Settings.NONE, false);
    }

    @Override
    protected void loseFromStore(String name) {
        String key = RedisKeys.of(name).lock();
        serverOf(key).command("DEL", key);
    }
}
