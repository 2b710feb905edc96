package io.coordkit.txn.grpc;

import io.coordkit.testkit.txn.ParticipantContract;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.tcc.GuardedParticipant;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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
        pool.dispose();
    }

    @Override
    protected BranchEndpoint openParticipant() {
        BranchEndpoint guarded =
                GuardedParticipant.on(pool, business, bytes -> new String(bytes, StandardCharsets.UTF_8), 16);
        return new Loopback(GrpcParticipants.service(Map.of("participant", guarded))).client(guarded);
    }

    @Override
    protected int effects(String gid, String branch, Operation operation) {
        return business.count(gid, branch, operation);
    }
}
