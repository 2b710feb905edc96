package io.coordkit.samples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.twophase.XaDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/two-phase-commit.md are those compiled here, and they do what they say. */
@Timeout(60)
class TwoPhaseExampleTest {
    private static JdbcDataSource database(String name) {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:" + name + "-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        return database;
    }

    @Test
    void theExamplesShownAreThoseCompiledHere() throws Exception {
        List<String> shown = ShownCode.in(Path.of("../docs/two-phase-commit.md"));
        List<String> marks = List.of("coordinator", "run");
        assertThat(shown).hasSameSizeAs(marks);
        for (int i = 0; i < marks.size(); i++) {
            ShownCode.requireCompiled(shown.get(i), "TwoPhaseExample.java", marks.get(i));
        }
    }

    @Test
    void theExamplesRun() throws Exception {
        JdbcDataSource ordersDb = database("orders");
        JdbcDataSource stockDb = database("stock");
        try (Handle orders = Jdbi.open(ordersDb);
                Handle stock = Jdbi.open(stockDb);
                TwoPhase twoPhase = TwoPhaseExample.coordinator(SqlTxnLog.using(database("log")), ordersDb, stockDb)) {
            orders.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY)");
            stock.execute("CREATE TABLE stock (sku VARCHAR(20) PRIMARY KEY, available INT)");
            stock.execute("INSERT INTO stock VALUES ('4711', 5)");
            assertThat(TwoPhaseExample.run(twoPhase, XaDatabase.of("stock", stockDb)))
                    .isEqualTo(new Outcome.Committed<>("order-1", 1L));
            while (!twoPhase.outcome("order-1").orElseThrow().state().isFinished()) {
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
            assertThat(stock.select("SELECT available FROM stock")
                            .mapTo(Integer.class)
                            .one())
                    .isEqualTo(3);
        }
    }
}
