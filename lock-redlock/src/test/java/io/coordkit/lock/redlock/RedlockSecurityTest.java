package io.coordkit.lock.redlock;

import static java.time.Duration.ofSeconds;

import io.coordkit.testkit.lock.RedisSecurityCases;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three nodes, with nobody let in but the user of the locks. */
class RedlockSecurityTest extends RedisSecurityCases {
    private static final RedlockOptions OPTIONS = RedlockOptions.DEFAULTS.withNodeTimeout(ofSeconds(5));

    private static List<RedisServer> servers;

    @BeforeAll
    static void start() {
        servers = Stream.generate(() -> RedisServer.startTls(certificates()))
                .limit(3)
                .toList();
        TestNodes.of(servers, OPTIONS).declareReady();
        for (RedisServer server : servers) {
            admit(server, "~ckr:* &ckr:* +@read +@write +@scripting +@pubsub +@connection +info +time");
            server.command("ACL", "SETUSER", "default", "off");
        }
    }

    @AfterAll
    static void stop() {
        servers.forEach(RedisServer::close);
    }

    @Override
    protected String uri(boolean tls, String credentials) {
        return (tls ? "redlocks://" : "redlock://") + credentials + "@" + String.join(",", addresses());
    }

    @Override
    protected List<String> addresses() {
        return servers.stream()
                .map(server -> server.tlsUri().replace("rediss://", ""))
                .toList();
    }

    @Override
    protected Map<String, String> settings() {
        return Map.of("node-timeout", OPTIONS.nodeTimeout().toString());
    }

    @Test
    void nodesThatAreNamedOneByOneHaveTheirOwnCredentials() {
        String[] strangers = addresses().stream()
                .map(address -> "rediss://" + CREDENTIALS + "@" + address)
                .toArray(String[]::new);
        assertRefused(() -> RedlockLocks.connect(strangers), "unable to find valid certification path");
    }
}
