package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.observe.CoordEvent;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import java.nio.file.Path;
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
import org.junit.jupiter.api.io.TempDir;

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
        leave("committing", Decision.COMMIT);
        leave("aborting", Decision.abort("left"));
        leave("unreadable", Decision.COMMIT);
        Jdbi.create(pool)
                .useHandle(handle -> handle.execute("UPDATE coordkit_txn_log SET format = 9 WHERE gid = 'unreadable'"));
        try (Tcc tcc = TccCoordinator.builder()
                .log(log)
                .participant("stock", WILLING)
                .observer(events::add)
                .open()) {
            assertThat(next()).isEqualTo(new CoordEvent.TxnRecovered(2));
            assertThat(tcc.outcome("unreadable")).isPresent();
            int finished = 0;
            while (finished < 2) {
                finished += next() instanceof CoordEvent.TxnFinished ? 1 : 0;
            }
        }
        assertThat(log.unfinished(10)).extracting(status -> status.gid()).containsExactly("unreadable");
    }

    private void leave(String gid, Decision decision) {
        List<TxnBranch> branches = List.of(new TxnBranch("1", "stock", Payload.of(new byte[0])));
        log.decide(new TxnProposal(gid, decision, log.now().plus(LONG), "gone/1", branches));
    }

    @Test
    void replacedCoordinator_takesNoMore() throws Exception {
        try (Tcc first = TccCoordinator.builder()
                        .log(log)
                        .name("twin")
                        .lease(Duration.ofMillis(200))
                        .open();
                Tcc second = TccCoordinator.builder().log(log).name("twin").open()) {
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            boolean refused = false;
            for (int i = 0; !refused; i++) {
                TooLate.check(end, "the first learns of the second");
                String gid = "gid-" + i;
                try {
                    first.begin(gid).run(tx -> gid);
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("twin/");
                    refused = true;
                }
            }
            assertThat(second.begin("other").run(tx -> "value")).isInstanceOf(Outcome.Committed.class);
        }
    }

    @Test
    void transactionWithoutBranches_commits() throws Exception {
        try (Tcc tcc = TccCoordinator.builder().log(log).open()) {
            assertThat(tcc.begin("empty").run(tx -> tx.gid()).gid()).isEqualTo("empty");
            assertThat(tcc.outcome("empty").orElseThrow().state().isCommit()).isTrue();
            assertThat(tcc.outcome("other")).isEmpty();
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
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TccCoordinator.builder().lease(Duration.ZERO))
                .withMessageContaining("PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TccCoordinator.builder().name("two words"))
                .withMessageContaining("two words");
    }

    @Test
    void badSettings_areRefusedByTheirKey() {
        String url = "jdbc:h2:mem:" + UUID.randomUUID();
        refused(Map.of("coordkit.tcc.user", "sa"), "coordkit.tcc.jdbc-url");
        refused(Map.of("coordkit.tcc.jdbc-url", url, "coordkit.tcc.retry-max", "PT0S"), "PT0S");
        refused(Map.of("coordkit.tcc.jdbc-url", url, "coordkit.tcc.participants.p", "carrier://pigeon"), "carrier");
        refused(Map.of("coordkit.tcc.jdbc-url", url, "coordkit.tcc.participants.p", "no uri"), "no uri");
        refused(Map.of("coordkit.tcc.jdbc-url", "jdbc:nobody:x"), "jdbc:nobody:x");
        refused(Map.of("coordkit.tcc.jdbc-url", "jdbc:nobody://u:hush@x?password=hush"), "jdbc:nobody://x'");
        refused(
                Map.of("coordkit.tcc.jdbc-url", url, "coordkit.tcc.participants.p", "grpc://u:hush@no uri"),
                "'grpc://no uri'");
        refused(Map.of("coordkit.tcc.log", "http://host/log"), "http://host/log");
        refused(Map.of("coordkit.tcc.log", "file:no uri"), "no uri");
        refused(Map.of("coordkit.tcc.jdbc-url", url + ";WRITE_DELAY=0", "coordkit.tcc.typo", "1"), "typo");
    }

    @Test
    void logInFiles_isOpenedByItsUri_andClosedAgain(@TempDir Path directory) throws Exception {
        Properties settings = new Properties();
        settings.setProperty(
                "coordkit.tcc.log", directory.resolve("txn").toUri().toString());
        for (int start = 0; start < 2; start++) {
            try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(settings))) {
                assertThat(kit.tcc().outcome("gid-0").isPresent()).isEqualTo(start == 1);
                assertThat(kit.tcc().begin("gid-" + start).run(tx -> "value")).isInstanceOf(Outcome.Committed.class);
            }
        }
    }

    private static void refused(Map<String, String> settings, String named) {
        Properties properties = new Properties();
        properties.putAll(settings);
        assertThatThrownBy(() ->
                        Coordkit.open(CoordkitConfig.fromProperties(properties)).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(named)
                .hasMessageNotContaining("hush");
    }
}
