package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.observe.CoordEvent;
import io.coordkit.txn.Payload;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TccCoordinatorTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final BranchEndpoint WILLING = call -> CompletableFuture.completedStage(new BranchReply.Done());

    private final JdbcConnectionPool pool = JdbcConnectionPool.create(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
    private final TxnLog log = SqlTxnLog.using(pool);
    private final BlockingQueue<CoordEvent> events = new LinkedBlockingQueue<>();

    @AfterEach
    void dispose() {
        pool.dispose();
    }

    private CoordEvent next() throws InterruptedException {
        CoordEvent event = events.poll(20, TimeUnit.SECONDS);
        assertThat(event).as("an event within 20 s").isNotNull();
        return event;
    }

    @Test
    void everyStep_isObserved() throws Exception {
        try (Tcc tcc = TccCoordinator.builder()
                .log(log)
                .participant("stock", WILLING)
                .observer(events::add)
                .open()) {
            tcc.begin("gid").run(tx -> tx.enlist("stock", new byte[0]));
            assertThat(next()).isEqualTo(new CoordEvent.TxnRecovered(0));
            assertThat(next()).isEqualTo(new CoordEvent.TxnBegan("gid", 1));
            assertThat(next()).isEqualTo(new CoordEvent.TxnBranchCalled("gid", "1", "TRY", 1, "done"));
            assertThat(next())
                    .isInstanceOfSatisfying(
                            CoordEvent.TxnDecided.class,
                            decided -> assertThat(decided.committed()).isTrue());
            assertThat(next()).isEqualTo(new CoordEvent.TxnBranchCalled("gid", "1", "CONFIRM", 1, "done"));
            assertThat(next()).isInstanceOf(CoordEvent.TxnFinished.class);
        }
    }

    @Test
    void recovery_countsWhatItFound_andLeavesTheUnreadableAlone() throws Exception {
        List<TxnBranch> branches = List.of(new TxnBranch("1", "stock", Payload.of(new byte[0])));
        log.begin("active", LONG, branches);
        log.begin("committing", LONG, branches);
        log.begin("unreadable", LONG, branches);
        log.decide("committing", Decision.COMMIT);
        Jdbi.create(pool)
                .useHandle(handle -> handle.execute("UPDATE coordkit_txn_log SET format = 9 WHERE gid = 'unreadable'"));
        try (Tcc tcc = TccCoordinator.builder()
                .log(log)
                .participant("stock", WILLING)
                .observer(events::add)
                .open()) {
            assertThat(next()).isEqualTo(new CoordEvent.TxnRecovered(3));
            assertThat(tcc.state("unreadable")).isPresent();
            int finished = 0;
            while (finished < 2) {
                finished += next() instanceof CoordEvent.TxnFinished ? 1 : 0;
            }
        }
        assertThat(log.unfinished(10)).extracting(status -> status.gid()).containsExactly("unreadable");
    }

    @Test
    void transactionWithoutBranches_commits() throws Exception {
        try (Tcc tcc = TccCoordinator.builder().log(log).open()) {
            assertThat(tcc.begin("empty").run(tx -> tx.gid()).gid()).isEqualTo("empty");
            assertThat(tcc.state("empty").orElseThrow().state().isDecided()).isTrue();
            assertThat(tcc.state("other")).isEmpty();
        }
    }

    @Test
    void badParts_areRefusedByTheirValue() {
        assertThatThrownBy(() -> TccCoordinator.builder().open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("log");
        assertThatThrownBy(() -> TccCoordinator.builder().participant("two words", WILLING))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("two words");
        assertThatThrownBy(() ->
                        TccCoordinator.builder().participant("stock", WILLING).participant("stock", WILLING))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("stock");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TccCoordinator.builder().callTimeout(Duration.ZERO))
                .withMessageContaining("PT0S");
    }

    @Test
    void badSettings_areRefusedByTheirKey() {
        String url = "jdbc:h2:mem:" + UUID.randomUUID();
        refused(Map.of("coordkit.tcc.user", "sa"), "coordkit.tcc.jdbc-url");
        refused(Map.of("coordkit.tcc.jdbc-url", url, "coordkit.tcc.retry-max", "PT0S"), "PT0S");
        refused(Map.of("coordkit.tcc.jdbc-url", url, "coordkit.tcc.participants.p", "carrier://pigeon"), "carrier");
        refused(Map.of("coordkit.tcc.jdbc-url", url, "coordkit.tcc.participants.p", "no uri"), "no uri");
        refused(Map.of("coordkit.tcc.jdbc-url", "jdbc:nobody:x"), "jdbc:nobody:x");
        refused(Map.of("coordkit.tcc.jdbc-url", url + ";WRITE_DELAY=0", "coordkit.tcc.typo", "1"), "typo");
    }

    private static void refused(Map<String, String> settings, String named) {
        Properties properties = new Properties();
        properties.putAll(settings);
        assertThatThrownBy(() ->
                        Coordkit.open(CoordkitConfig.fromProperties(properties)).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(named);
    }
}
