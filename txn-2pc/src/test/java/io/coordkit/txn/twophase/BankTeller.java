package io.coordkit.txn.twophase;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.testkit.Patiently;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TwoPhaseTransaction;
import io.coordkit.txn.core.FileTxnLog;
import io.coordkit.txn.spi.TxnLog;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;

/**
 * A process that transfers between three banks, one of them on H2 inside of it, and adds everything up now and then by
 * locking reads. It says how each transfer was answered, and each sum.
 */
final class BankTeller {
    static final int BANKS = 3;
    static final int ACCOUNTS = 33;
    static final long FUNDS = 100;
    static final Duration LEASE = Duration.ofSeconds(2);

    private static final Duration IMPATIENCE = Duration.ofSeconds(3);
    private static final int THREADS = 6;

    private final TwoPhase coordinator;

    private BankTeller(TwoPhase coordinator) {
        this.coordinator = coordinator;
    }

    /** The directory of the log and of H2, and the URLs of the other banks. */
    public static void main(String[] args) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        TxnLog log = FileTxnLog.open(Path.of(args[0]).resolve("log"));
        List<XaDatabase> databases = databases(Path.of(args[0]), IMPATIENCE, args[1], args[2]);
        BankTeller teller = new BankTeller(Patiently.open(() -> open(log, databases)));
        for (int i = 0; i < THREADS; i++) {
            new Thread(teller::transfer, "transfer-" + i).start();
        }
        teller.audit();
    }

    /** @param patience with a server that is silent */
    static List<XaDatabase> databases(Path directory, Duration patience, String... urls) {
        List<XaDatabase> databases = new ArrayList<>();
        for (String url : urls) {
            MysqlXADataSource source = new MysqlXADataSource();
            source.setUrl(
                    url + "&socketTimeout=" + patience.toMillis() + "&sessionVariables=innodb_lock_wait_timeout=2");
            databases.add(XaDatabase.of("bank" + databases.size(), source));
        }
        databases.add(XaDatabase.of("bank" + databases.size(), h2(directory)));
        return databases;
    }

    private static XADataSource h2(Path directory) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:" + directory.resolve("bank").toAbsolutePath() + ";WRITE_DELAY=0;LOCK_TIMEOUT=2000");
        source.setUser("sa");
        source.setPassword("");
        return source;
    }

    static TwoPhase open(TxnLog log, List<XaDatabase> databases) {
        TwoPhaseCoordinator.Builder builder = TwoPhaseCoordinator.builder()
                .log(log)
                .name("teller")
                .lease(LEASE)
                .callTimeout(Duration.ofSeconds(3))
                .scanEvery(Duration.ofMillis(500));
        databases.forEach(builder::database);
        return builder.open();
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void transfer() {
        Random random = new Random();
        while (true) {
            String gid = "gid-" + UUID.randomUUID();
            int from = random.nextInt(BANKS);
            int to = (from + 1 + random.nextInt(BANKS - 1)) % BANKS;
            int amount = 1 + random.nextInt(20);
            int[] accounts = {random.nextInt(ACCOUNTS), random.nextInt(ACCOUNTS)};
            try {
                var outcome = coordinator
                        .begin(gid)
                        .timeout(Duration.ofSeconds(5))
                        .run(tx -> {
                            // In the order of the banks, so that no two wait for each other across them.
                            for (int bank : new int[] {Math.min(from, to), Math.max(from, to)}) {
                                add(tx, bank, accounts[bank == from ? 0 : 1], bank == from ? -amount : amount);
                            }
                            return gid;
                        });
                say(gid + " " + outcome.getClass().getSimpleName());
            } catch (RuntimeException e) {
                say(gid + " Failed");
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void add(TwoPhaseTransaction tx, int bank, int account, int amount) throws SQLException {
        Connection connection = tx.connection("bank" + bank);
        try (PreparedStatement change =
                        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?");
                Statement look = connection.createStatement();
                PreparedStatement note = connection.prepareStatement("INSERT INTO transfer VALUES (?, ?)")) {
            change.setInt(1, amount);
            change.setInt(2, account);
            change.executeUpdate();
            try (var rows = look.executeQuery("SELECT balance FROM account WHERE id = " + account)) {
                rows.next();
                if (rows.getLong(1) < 0) {
                    throw new IllegalStateException("not enough in account " + account + " of bank " + bank);
                }
            }
            note.setString(1, tx.gid());
            note.setInt(2, amount);
            note.executeUpdate();
        }
    }

    private void audit() {
        while (true) {
            try {
                coordinator.begin("audit-" + UUID.randomUUID()).run(tx -> {
                    long sum = 0;
                    for (int bank = 0; bank < BANKS; bank++) {
                        sum += sum(tx.connection("bank" + bank));
                    }
                    say("audit " + sum);
                    return sum;
                });
                Thread.sleep(200);
            } catch (RuntimeException e) {
                say("audit failed");
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** By a locking read, of the latest there is; nothing that can be right if a balance is negative. */
    static long sum(Connection connection) throws SQLException {
        long sum = 0;
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT balance FROM account ORDER BY id FOR UPDATE")) {
            while (rows.next()) {
                sum = rows.getLong(1) < 0 ? Integer.MIN_VALUE : sum + rows.getLong(1);
            }
        }
        return sum;
    }
}
