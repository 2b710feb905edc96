package io.coordkit.txn.twophase;

import io.coordkit.testkit.server.MySqlServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

/** On MySQL 9, which lets a prepared branch go from its connection; two branches, for the slow start of its containers. */
@Tag("conformance")
class MySqlTwoPhaseCrashTest extends TwoPhaseCrashCases {
    /** The coordinator's lease is over before it ends. */
    private static final Duration OUTAGE = Duration.ofSeconds(2);

    @BeforeAll
    static void start() throws SQLException {
        startOn(MySqlServer.startOnOwnNetwork(), MySqlServer.startOnOwnNetwork());
    }

    static Stream<Arguments> plays() {
        return plays(2, 2);
    }

    @Test
    void wheneverTheServerOfTheLogIsKilled_andWithItABranchs_itIsAllOrNothing() throws Exception {
        wheneverTheServerOfTheLogIsKilled(databases().server(1), 2);
    }

    @Test
    void wheneverAServerIsOffItsNetwork_itIsAllOrNothing() throws Exception {
        wheneverAServerSuffers(server -> during(server::disconnect, server::reconnect), 2);
    }

    @Test
    void wheneverAServerIsPaused_itIsAllOrNothing() throws Exception {
        wheneverAServerSuffers(server -> during(server::pause, server::resume), 2);
    }

    private static void during(Runnable hurt, Runnable mend) {
        hurt.run();
        LockSupport.parkNanos(OUTAGE.toNanos());
        mend.run();
    }
}
