package io.coordkit.txn.tcc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.testkit.server.SqlServer;
import io.coordkit.testkit.txn.ParticipantContract;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;

/** At the server's own isolation level, REPEATABLE READ, with 16 connections at once. */
@SuppressWarnings("NullAway.Init") // startOn, before all tests
abstract class SqlServerGuardContract extends ParticipantContract {
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
