package io.coordkit.txn.grpc;

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
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class H2OverGrpcContractTest extends ParticipantContract {
    private static JdbcConnectionPool pool;

    private final EffectRows business = new EffectRows(database(), "", REFUSE, this::mustFail);

    private static DataSource database() {
        return pool;
    }

    @BeforeAll
    static void start() {
        pool = StockServer.database();
    }

    @AfterAll
    static void stop() {
        StockServer.drop(pool);
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
