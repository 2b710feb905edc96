package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.txn.Payload;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.UnreadableEntryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlTxnLogTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final JdbcConnectionPool pool = JdbcConnectionPool.create(url + ";WRITE_DELAY=0", "sa", "");

    @AfterEach
    void dispose() {
        pool.dispose();
    }

    @Test
    void databaseThatAcknowledgesBeforeItWrites_isRefused(@TempDir Path directory) {
        JdbcDataSource lazy = new JdbcDataSource();
        lazy.setURL("jdbc:h2:" + directory.resolve("lazy"));
        assertThatThrownBy(() -> SqlTxnLog.using(lazy))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("WRITE_DELAY=0");
    }

    @Test
    void databaseThatIsNotThere_isUnreachable() {
        JdbcDataSource nowhere = new JdbcDataSource();
        nowhere.setURL("jdbc:h2:tcp://127.0.0.1:1/none");
        assertThatThrownBy(() -> SqlTxnLog.using(nowhere)).isInstanceOf(BackendUnreachableException.class);
    }

    private static TxnProposal commit(TxnLog log, String gid, TxnBranch... branches) {
        return new TxnProposal(gid, Decision.COMMIT, log.now().plus(LONG), "gone/1", List.of(branches));
    }

    @Test
    void entryOfANewerFormat_isListedAndReported_andCanBeReadLater() {
        TxnLog log = SqlTxnLog.using(pool);
        TxnBranch branch = new TxnBranch("1", "order", Payload.of(new byte[] {1}));
        log.decide(commit(log, "from-the-future", branch));
        Jdbi jdbi = Jdbi.create(pool);
        jdbi.useHandle(handle -> handle.execute("UPDATE coordkit_txn_log SET format = 3"));

        assertThat(log.unfinished(10)).extracting(TxnStatus::gid).containsExactly("from-the-future");
        assertThatThrownBy(() -> log.find("from-the-future"))
                .isInstanceOfSatisfying(
                        UnreadableEntryException.class, e -> assertThat(e.gid()).isEqualTo("from-the-future"))
                .hasMessageContaining("format 3");
        String coordinator = log.join("coordinator", LONG).coordinator();
        assertThat(log.claim(coordinator, 10)).isEmpty();

        jdbi.useHandle(handle -> handle.execute("UPDATE coordkit_txn_log SET format = 2"));
        assertThat(log.claim(coordinator, 10)).singleElement().satisfies(found -> {
            assertThat(found.branches()).containsExactly(branch);
            assertThat(found.epoch()).as("not raised in vain").isEqualTo(2);
        });
    }

    @Test
    void connectionsWithoutAutoCommit_areCommittedAllTheSame() {
        JdbcDataSource inner = new JdbcDataSource();
        inner.setURL(url + ";WRITE_DELAY=0;AUTOCOMMIT=OFF");
        inner.setUser("sa");
        TxnLog log = SqlTxnLog.using(inner);
        log.decide(commit(log, "gid", new TxnBranch("1", "order", Payload.of(new byte[0]))));
        assertThat(SqlTxnLog.using(pool).status("gid").orElseThrow().state()).isEqualTo(TxnState.COMMITTING);
    }

    @Test
    void lostDatabase_isATxnExceptionThatNamesTheTransaction() {
        TxnLog log = SqlTxnLog.using(pool);
        TxnProposal proposal = commit(log, "gid-7");
        Jdbi.create(pool).useHandle(handle -> handle.execute("DROP TABLE coordkit_txn_log"));
        assertThatThrownBy(() -> log.decide(proposal))
                .isInstanceOf(TxnException.class)
                .hasMessageContaining("gid-7");
        assertThatThrownBy(() -> log.find("gid-7"))
                .isInstanceOf(TxnException.class)
                .hasMessageContaining("gid-7");
    }

    @Test
    void nameWhoseRowWasDeleted_isNotGivenTheSameStartAgain() {
        TxnLog log = SqlTxnLog.using(pool);
        String first = log.join("coordinator", LONG).coordinator();
        Jdbi.create(pool).useHandle(handle -> handle.execute("DELETE FROM coordkit_txn_coordinator"));
        String second = log.join("coordinator", LONG).coordinator();
        String third = log.join("coordinator", LONG).coordinator();
        assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
    }
}
