package io.coordkit.txn.tcc;

import io.coordkit.testkit.txn.ParticipantContract;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class H2GuardTest extends ParticipantContract {
    @TempDir
    private static Path directory;

    private static JdbcConnectionPool pool;

    private final EffectRows business = new EffectRows(database(), "", REFUSE, this::mustFail);

    private static DataSource database() {
        return pool;
    }

    @BeforeAll
    static void start() {
        pool = JdbcConnectionPool.create("jdbc:h2:" + directory.resolve("guard") + ";WRITE_DELAY=0", "sa", "");
        pool.setMaxConnections(32);
    }

    @AfterAll
    static void stop() {
        pool.dispose();
    }

    @Override
    protected BranchEndpoint openParticipant(InquiryEndpoint inquiries) {
        return GuardedParticipant.on(pool, business, bytes -> new String(bytes, StandardCharsets.UTF_8))
                .name("participant-" + UUID.randomUUID())
                .threads(16)
                .reservationTtl(Duration.ofSeconds(1))
                .asks("home", inquiries)
                .open();
    }

    @Override
    protected int effects(String gid, String branch, Operation operation) {
        return business.count(gid, branch, operation);
    }
}
