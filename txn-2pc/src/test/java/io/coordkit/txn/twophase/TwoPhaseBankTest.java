package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.TcpProxy;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.FileTxnLog;
import io.coordkit.txn.spi.TxnLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.XAConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred accounts in three banks, two on MariaDB servers and one on H2 in the process that transfers between them,
 * while that is killed and paused, and the servers, and links are cut. The sum is exact whenever it is taken by locking
 * reads in a transaction of its own, and when everything has ended; each transfer is in both of its banks or in none, as it
 * was answered. Source: the bank test of Jepsen, Kyle Kingsbury.
 */
class TwoPhaseBankTest {
    private static final long FUNDS = (long) BankTeller.BANKS * BankTeller.ACCOUNTS * BankTeller.FUNDS;
    private static final Duration ROUND = Duration.ofSeconds(18);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory = Path.of("unset");

    private final List<MariaDbServer> servers = new ArrayList<>();
    private final List<TcpProxy> links = new ArrayList<>();
    private final List<Path> outputs = new ArrayList<>();
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    /** Faults that have not had their turn: none comes again before all the others came. */
    private final Deque<Fault> deck = new ArrayDeque<>();

    private enum Fault {
        PROCESS_KILLED,
        PROCESS_PAUSED,
        SERVER_KILLED,
        SERVER_PAUSED,
        LINK_CUT,
        REPLIES_LOST
    }

    @BeforeEach
    void start() throws SQLException {
        for (int bank = 0; bank < BankTeller.BANKS - 1; bank++) {
            servers.add(MariaDbServer.start());
            servers.get(bank).createDatabase("bank");
            links.add(TcpProxy.to(servers.get(bank).port()));
        }
        for (XaDatabase bank : banks()) {
            ask(bank, connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("CREATE TABLE account (id INT PRIMARY KEY, balance BIGINT NOT NULL)");
                    statement.execute("CREATE TABLE transfer (gid VARCHAR(64) PRIMARY KEY, amount INT NOT NULL)");
                    for (int account = 0; account < BankTeller.ACCOUNTS; account++) {
                        statement.execute("INSERT INTO account VALUES (" + account + ", " + BankTeller.FUNDS + ")");
                    }
                    return 0;
                }
            });
        }
    }

    @AfterEach
    void stop() {
        links.forEach(TcpProxy::close);
        servers.forEach(MariaDbServer::close);
    }

    /** Not by way of the links. */
    private List<XaDatabase> banks() {
        return BankTeller.databases(
                directory,
                Duration.ofSeconds(30),
                servers.stream().map(server -> server.jdbcUrl("bank")).toArray(String[]::new));
    }

    private static <T> T ask(XaDatabase bank, OpenDatabase.Question<T> question) throws SQLException {
        XAConnection physical = bank.source().getXAConnection();
        try {
            return question.ask(physical.getConnection());
        } finally {
            physical.close();
        }
    }

    /** At work: what strikes it before it has opened its databases would only keep it from that. */
    private ChildJvm teller() throws IOException {
        Path output = directory.resolve("teller-" + outputs.size());
        outputs.add(output);
        List<String> arguments = new ArrayList<>(List.of(directory.toString()));
        for (int bank = 0; bank < links.size(); bank++) {
            arguments.add(servers.get(bank)
                    .jdbcUrl("bank")
                    .replace(servers.get(bank).address(), links.get(bank).address()));
        }
        ChildJvm teller = ChildJvm.start(BankTeller.class, output, arguments.toArray(String[]::new));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (Files.readAllLines(output).stream().noneMatch(line -> line.endsWith(" Committed"))) {
            TooLate.check(end, "%s is at work", output);
            pause(100);
        }
        return teller;
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void forAMinute() throws Exception {
        noMoneyComesOrGoes(3);
    }

    @Test
    @Tag("soak")
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void forHalfAnHour() throws Exception {
        noMoneyComesOrGoes(100);
    }

    private void noMoneyComesOrGoes(int rounds) throws Exception {
        long seed = Long.getLong("coordkit.bank.seed", new Random().nextLong());
        System.out.println("Bank seed " + seed);
        Random random = new Random(seed);
        long slowest = 0;
        for (int round = 0; round < rounds; round++) {
            hurt(random);
            slowest = Math.max(slowest, settle());
        }
        List<String> lines = lines();
        long audits = lines.stream().filter(("audit " + FUNDS)::equals).count();
        assertThat(audits).as("sums taken while it ran").isPositive();
        assertThat(count(lines, "Committed")).as("committed").isGreaterThan(100);
        assertThat(faults).as("faults").containsOnlyKeys(Fault.values());
        System.out.printf(
                "Two-phase bank: %d committed, %d aborted, %d unknown, %d failed in their body; %d exact sums while it ran;"
                        + " faults %s; at rest within %d ms, with leases of %d ms%n",
                count(lines, "Committed"),
                count(lines, "Aborted"),
                count(lines, "Unknown"),
                count(lines, "Failed"),
                audits,
                faults,
                slowest,
                BankTeller.LEASE.toMillis());
    }

    private static long count(List<String> lines, String answer) {
        return lines.stream().filter(line -> line.endsWith(" " + answer)).count();
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Path output : outputs) {
            try {
                String text = Files.readString(output);
                // What it was in the middle of saying when it was killed is nothing that was said.
                text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(lines::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return lines;
    }

    /** One fault after the other; in the end everybody is well, but for the process, which is killed. */
    private void hurt(Random random) throws IOException {
        ChildJvm teller = teller();
        long end = System.nanoTime() + ROUND.toNanos();
        try {
            while (System.nanoTime() < end || !deck.isEmpty()) {
                int bank = random.nextInt(servers.size());
                MariaDbServer server = servers.get(bank);
                TcpProxy link = links.get(bank);
                long millis = 500L + random.nextInt(2_000);
                Fault fault = draw(random);
                faults.merge(fault, 1, Integer::sum);
                switch (fault) {
                    case PROCESS_KILLED -> {
                        teller.kill9();
                        teller = teller();
                    }
                    case PROCESS_PAUSED -> during(millis, teller::pause, teller::resume);
                    case SERVER_KILLED -> during(millis, server::kill9, server::restart);
                    case SERVER_PAUSED -> during(millis, server::pause, server::resume);
                    case LINK_CUT -> during(millis, link::cut, link::mend);
                    case REPLIES_LOST -> during(millis, link::dropReplies, link::mend);
                }
                pause(1_000);
            }
        } finally {
            teller.close();
        }
    }

    private Fault draw(Random random) {
        if (deck.isEmpty()) {
            List<Fault> shuffled = new ArrayList<>(List.of(Fault.values()));
            Collections.shuffle(shuffled, random);
            deck.addAll(shuffled);
        }
        return deck.remove();
    }

    private static void during(long millis, Runnable hurt, Runnable mend) {
        hurt.run();
        pause(millis);
        mend.run();
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    /** Everything that was begun ends, and all is as it was answered. How long that took, in milliseconds. */
    private long settle() throws Exception {
        long began = System.nanoTime();
        long took;
        List<XaDatabase> banks = banks();
        try (TxnLog log = FileTxnLog.open(directory.resolve("log"));
                TwoPhase coordinator = BankTeller.open(log, banks)) {
            while (!coordinator.unfinished(1).isEmpty() || isAnythingPrepared(banks)) {
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .as("unfinished %s", coordinator.unfinished(3))
                        .isLessThan(PATIENCE);
                pause(50);
            }
            took = Duration.ofNanos(System.nanoTime() - began).toMillis();
        }
        assertBalanced(banks);
        return took;
    }

    private static boolean isAnythingPrepared(List<XaDatabase> banks) {
        for (XaDatabase bank : banks) {
            OpenDatabase open = OpenDatabase.open(bank, "default");
            try {
                if (!open.inDoubt().isEmpty()) {
                    return true;
                }
            } finally {
                open.close();
            }
        }
        return false;
    }

    private void assertBalanced(List<XaDatabase> banks) throws SQLException {
        long sum = 0;
        Map<String, List<Integer>> transfers = new HashMap<>();
        for (XaDatabase bank : banks) {
            sum += ask(bank, BankTeller::sum);
            ask(bank, connection -> {
                try (Statement statement = connection.createStatement();
                        var rows = statement.executeQuery("SELECT gid, amount FROM transfer")) {
                    while (rows.next()) {
                        transfers
                                .computeIfAbsent(rows.getString(1), any -> new ArrayList<>())
                                .add(rows.getInt(2));
                    }
                    return 0;
                }
            });
        }
        assertThat(sum).isEqualTo(FUNDS);
        transfers.forEach((gid, amounts) -> {
            assertThat(amounts).as(gid).hasSize(2);
            assertThat(amounts.get(0) + amounts.get(1)).as(gid).isZero();
        });
        for (String line : lines()) {
            String gid = line.substring(0, line.indexOf(' '));
            if (line.endsWith(" Committed")) {
                assertThat(transfers).as(line).containsKey(gid);
            } else if (line.endsWith(" Aborted") || line.endsWith(" Failed")) {
                assertThat(transfers).as(line).doesNotContainKey(gid);
            } else if (line.startsWith("audit ") && !line.endsWith("failed")) {
                assertThat(line).isEqualTo("audit " + FUNDS);
            }
        }
    }
}
