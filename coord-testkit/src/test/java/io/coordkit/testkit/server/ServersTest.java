package io.coordkit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServersTest {
    @Test
    void sharedServersAreStartedOnceAndSurviveAClose() {
        RedisServer redis = Servers.shared().redis();
        Servers.shared().close();
        assertThat(Servers.shared().redis()).isSameAs(redis);
        assertThat(redis.command("PING")).isEqualTo("PONG");
        assertThat(redis.version()).isEqualTo(redis.info("redis_version"));
    }

    @Test
    void ownServersEndWithTheirOwner() {
        RedisServer redis;
        List<RedisServer> nodes;
        try (Servers own = Servers.own()) {
            redis = own.redis();
            assertThat(redis).isSameAs(own.redis()).isNotSameAs(Servers.shared().redis());
            nodes = own.redisNodes(3);
            assertThat(nodes).hasSize(3).doesNotContain(redis).isEqualTo(own.redisNodes(3));
        }
        for (RedisServer ended : Stream.concat(Stream.of(redis), nodes.stream()).toList()) {
            assertThatThrownBy(() -> ended.command("PING")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(ended::restart).hasMessageContaining("closed");
        }
    }

    @Test
    void aRedisKeepsItsDataIfItIsDurableAndUnlessToldOtherwise() {
        try (RedisServer durable = RedisServer.startDurable();
                RedisServer forgetful = RedisServer.start()) {
            for (RedisServer server : List.of(durable, forgetful)) {
                server.command("SET", "a", "1");
                server.kill9();
                server.restart();
            }
            assertThat(durable.command("GET", "a")).isEqualTo("1");
            assertThat(forgetful.command("GET", "a")).isEmpty();
            durable.restartEmpty();
            assertThat(durable.command("GET", "a")).isEmpty();
        }
    }

    @Test
    void h2IsEmbedded_andWhatIsOwnEndsWithItsOwner() throws Exception {
        String shared = Servers.shared().h2().createDatabase("a");
        String owned;
        try (Servers own = Servers.own()) {
            owned = own.h2().createDatabase("a");
            assertThat(own.h2().version()).matches("2\\.\\d+.*");
            for (String url : List.of(shared, owned)) {
                execute(url, "CREATE TABLE item (id INT)");
            }
            assertThat(own.h2().createDatabase("a")).isEqualTo(owned);
            execute(owned, "INSERT INTO item VALUES (1)");
            assertThatThrownBy(() -> own.h2().createDatabase("a b"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'a b'");
        }
        assertThatThrownBy(() -> execute(owned, "INSERT INTO item VALUES (2)")).isInstanceOf(SQLException.class);
        execute(shared, "INSERT INTO item VALUES (2)");
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void aServerThatDoesNotStartSaysWhatItPrinted() {
        assertThatThrownBy(() -> RedisServer.start("--no-such-option", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-option");
    }

    /** One in seven could not be run when this JVM wrote the file itself. */
    @Test
    void aProgramCanBeRunThoughOthersAreStartedWhileItIsUnpacked() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            while (!enough.get()) {
                ServerProgram.asking("echo", "here", List.of("echo", "1.0"));
            }
        });
        try {
            for (int i = 0; i < 20; i++) {
                RedisProgram program = RedisProgram.unpack();
                assertThat(program.description().version()).isEqualTo("7.0.15");
                Files.delete(program.path());
            }
        } finally {
            enough.set(true);
        }
        others.get(10, TimeUnit.SECONDS);
    }

    @Test
    void sentinelsReplaceTheirPrimary() {
        try (Servers own = Servers.own()) {
            RedisSentinels redis = own.redisSentinels();
            RedisServer first = redis.primary();
            assertThat(redis.replicas()).hasSize(2).doesNotContain(first);
            assertThat(first.info("connected_slaves")).isEqualTo("2");
            first.kill9();
            Await.until(() -> redis.primary() != first, Duration.ofSeconds(60), "another primary");
        }
    }

    @Test
    void aClusterServesEveryKeyFromItsMaster() {
        RedisCluster cluster = Servers.shared().redisCluster();
        for (String key : List.of("a", "b", "{c}d", "e")) {
            RedisServer master = cluster.masterOf(key);
            assertThat(master.command("SET", key, "1")).as(key).isEqualTo("OK");
            assertThat(master.info("role")).isEqualTo("master");
        }
        assertThat(cluster.servers().stream()
                        .filter(server -> server.info("role").equals("slave")))
                .hasSize(3);
        assertThat(Stream.of("a", "b", "{c}d").map(cluster::masterOf).collect(Collectors.toSet()))
                .hasSizeGreaterThan(1);
    }

    @Test
    void certificatesAreOnDiskUntilClosed() throws Exception {
        TestCertificates certificates = TestCertificates.create();
        try {
            assertThat(Files.readAllLines(certificates.serverCertificate()))
                    .filteredOn(line -> line.startsWith("-----BEGIN"))
                    .as("a chain of two")
                    .hasSize(2);
            assertThat(Files.readString(certificates.serverKey())).startsWith("-----BEGIN PRIVATE KEY-----\n");
        } finally {
            certificates.close();
        }
        assertThat(certificates.ca()).doesNotExist();
    }
}
