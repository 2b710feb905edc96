package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.RedisSecurityCases;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A lone Redis, with nobody let in but the user of the locks. */
class RedisSecurityTest extends RedisSecurityCases {
    /** Those that {@link RedisLocks} tells. */
    static final String RIGHTS = "~ck:* &ck:* +@read +@write +@scripting +@pubsub +@connection +info +time";

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.startTls(certificates());
        admit(server, RIGHTS);
        server.command("ACL", "SETUSER", "default", "off");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected String uri(boolean tls, String credentials) {
        return (tls ? "rediss://" : "redis://") + credentials + "@" + address();
    }

    @Override
    protected List<String> addresses() {
        return List.of(address());
    }

    private static String address() {
        return server.tlsUri().replace("rediss://", "");
    }
}
