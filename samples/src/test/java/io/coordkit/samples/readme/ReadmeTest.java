package io.coordkit.samples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.sql.SqlFence;
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.grpc.Access;
import io.coordkit.txn.grpc.GrpcParticipants;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.coordkit.txn.tcc.TccParticipant;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

/** The README's example is what is compiled here, and it does what it says. */
class ReadmeTest {
    private final BlockingQueue<String> inventory = new LinkedBlockingQueue<>();

    @Test
    void theExampleInTheReadmeIsTheOneCompiledHere() throws Exception {
        String shown = ShownCode.in(Path.of("../README.md")).get(0);
        ShownCode.requireCompiled(shown, "ReadmeExample.java", "README");
        assertThat(shown.strip().lines().count()).as("lines of the example").isLessThanOrEqualTo(20);
    }

    @Test
    void theExampleRuns() throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:readme;DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        BranchEndpoint participant = GuardedParticipant.on(
                        database, new Noting(), bytes -> new String(bytes, StandardCharsets.UTF_8))
                .asksNobody()
                .open();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(GrpcParticipants.service(Map.of("inventory", participant), Access.open()))
                .build()
                .start();
        try (RedisServer redis = RedisServer.start();
                Connection connection = database.getConnection()) {
            connection
                    .createStatement()
                    .execute("CREATE TABLE product (sku VARCHAR(20) PRIMARY KEY,"
                            + " fence_era INT NOT NULL DEFAULT 0, fence_token BIGINT NOT NULL DEFAULT 0)");
            connection.createStatement().execute("INSERT INTO product (sku) VALUES ('4711')");
            String log = "jdbc:h2:mem:readme-log;DB_CLOSE_DELAY=-1;WRITE_DELAY=0";
            String inventoryUri = "grpc://127.0.0.1:" + server.getPort();
            Outcome<Long> outcome = ReadmeExample.run(
                    redis.uri(),
                    log,
                    inventoryUri,
                    new SqlFence("product", "sku", 1),
                    connection,
                    "two of 4711".getBytes(StandardCharsets.UTF_8));
            assertThat(outcome).isInstanceOf(Outcome.Committed.class);
            assertThat(inventory.poll(20, TimeUnit.SECONDS)).isEqualTo("try two of 4711");
            // The answer came with the decision, and the example closes its kit then: if that was too soon for the
            // confirm, it is for the next one on the same log.
            Coordkit next = kit(log, inventoryUri);
            try {
                assertThat(inventory.poll(20, TimeUnit.SECONDS)).isEqualTo("confirm two of 4711");
            } finally {
                next.close();
            }
        } finally {
            server.shutdownNow();
            participant.close();
        }
    }

    private static Coordkit kit(String log, String inventoryUri) {
        Properties settings = new Properties();
        settings.setProperty("coordkit.tcc.jdbc-url", log);
        settings.setProperty("coordkit.tcc.participants.inventory", inventoryUri);
        return Coordkit.open(CoordkitConfig.fromProperties(settings));
    }

    private final class Noting implements TccParticipant<String> {
        @Override
        public void onTry(Handle handle, BranchCall call, String payload) {
            inventory.add("try " + payload);
        }

        @Override
        public void onConfirm(Handle handle, BranchCall call, String payload) {
            inventory.add("confirm " + payload);
        }

        @Override
        public void onCancel(Handle handle, BranchCall call, String payload) {
            inventory.add("cancel " + payload);
        }
    }
}
