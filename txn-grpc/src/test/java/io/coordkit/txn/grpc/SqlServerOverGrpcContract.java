package io.coordkit.txn.grpc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.testkit.server.SqlServer;
import io.coordkit.testkit.txn.ParticipantContract;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.tcc.GuardedParticipant;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;

/** The contract of participants through gRPC, on a server that a subclass starts. */
@SuppressWarnings("NullAway.Init") // startOn, before all tests
abstract class SqlServerOverGrpcContract extends ParticipantContract {
    private static SqlServer server;
    private static HikariDataSource pool;

    private final EffectRows business = new EffectRows(database(), "COLLATE utf8mb4_bin", REFUSE, this::mustFail);

    private static DataSource database() {
        return pool;
    }

    static void startOn(SqlServer started) {
        server = started;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.createDatabase("participant"));
        config.setMaximumPoolSize(20);
        pool = new HikariDataSource(config);
    }

    @AfterAll
    static void stop() {
        pool.close();
        server.close();
    }

    @Override
    protected BranchEndpoint openParticipant(InquiryEndpoint inquiries) {
        Loopback home = new Loopback(GrpcInquiries.service(Map.of("home", inquiries), Loopback.ACCESS));
        GuardedParticipant guarded = GuardedParticipant.on(
                        pool, business, bytes -> new String(bytes, StandardCharsets.UTF_8))
                .name("participant-" + UUID.randomUUID())
                .threads(16)
                .reservationTtl(Duration.ofSeconds(1))
                .asks("home", GrpcInquiries.endpoint(home.channel(), Loopback.ACCESS))
                .open();
        return new Loopback(GrpcParticipants.service(Map.of("participant", guarded), Loopback.ACCESS)).client(() -> {
            guarded.close();
            home.close();
        });
    }

    @Override
    protected int effects(String gid, String branch, Operation operation) {
        return business.count(gid, branch, operation);
    }
}
