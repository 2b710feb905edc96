package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.server.RedisSentinels;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.List;

/** Three Redis servers under three sentinels, which tell the clients whom to ask. */
class RedisSentinelFaultTest extends LockFaultSuite {
    /** How long sentinels take to agree and to promote: they give a server five seconds to answer. */
    private static final Duration FAILOVER = Duration.ofSeconds(10);

    @Override
    protected FaultStore startStore() {
        return new SentinelStore(RedisSentinels.start());
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(new LockFault("failover that loses the last writes", run -> {
            RedisSentinels redis = ((SentinelStore) run.store()).redis();
            RedisServer primary = redis.primary();
            List<RedisServer> replicas = redis.replicas();
            replicas.forEach(RedisServer::pause);
            primary.command("CLIENT", "KILL", "TYPE", "replica"); // else it waits for them in their sockets
            run.keepHolder(); // of a lock that no replica has
            primary.kill9();
            long killed = System.nanoTime();
            replicas.forEach(RedisServer::resume);
            run.awaitEntryAfter(killed);
            run.awaitRefusalOrTtl();
            run.letHolderGo();
            return killed;
        }));
    }

    @Override
    protected Duration bound(LockFault fault) {
        return super.bound(fault).plus(FAILOVER);
    }

    @Override
    protected String lockName() {
        return "lock-redis, sentinels";
    }

    private record SentinelStore(RedisSentinels redis) implements FaultStore {
        @Override
        public List<RedisServer> servers() {
            return List.of(redis.primary());
        }

        @Override
        public String address(List<String> addresses) {
            return redis.uri();
        }

        @Override
        public List<String> residue() {
            return RedisResidue.keys(servers(), RedisLockContractTest.KEYS);
        }

        /** Of the clients; sentinels and replicas come and go. */
        @Override
        public List<String> connections() {
            return redis.primary()
                    .command("CLIENT", "LIST")
                    .lines()
                    .filter(line -> !line.contains(" cmd=client") && !line.contains(" name=sentinel"))
                    .filter(line -> !line.contains(" flags=S "))
                    .toList();
        }

        @Override
        public void close() {
            redis.close();
        }
    }
}
