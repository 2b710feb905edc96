package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.SqlServer;
import io.coordkit.testkit.server.TcpProxy;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.TxnLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred accounts in three banks, each on a server of its own, and two processes that transfer between them, while
 * processes and servers are killed and paused and the links between them cut. The oldest test there is of transactions:
 * no money comes or goes. Source: the bank test of Jepsen, Kyle Kingsbury.
 *
 * <p>While it runs, no balance is negative, and no transaction has a branch confirmed and another cancelled. When
 * everything is mended and at rest, the sum is exact, nothing is reserved, what was answered as committed is applied in
 * whole, and what was answered as aborted is not applied at all.
 */
abstract class BankCases {
    private static final int BANKS = 3;
    private static final int ACCOUNTS = 34;
    private static final long FUNDS = (long) BANKS * ACCOUNTS * BankAccounts.FUNDS;
    private static final Duration ROUND = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private Path directory = Path.of("unset");

    private final List<SqlServer> servers = new ArrayList<>();
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final List<BankAccounts> banks = new ArrayList<>();
    private final List<Teller> tellers = new ArrayList<>();
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    /** Faults that have not had their turn: none comes again before all the others came. */
    private final Deque<Fault> deck = new ArrayDeque<>();

    private int looks;
    private TxnLog log;

    enum Fault {
        PROCESS_KILLED,
        PROCESS_PAUSED,
        SERVER_KILLED,
        SERVER_PAUSED,
        SERVER_DISCONNECTED,
        LINK_CUT,
        REPLIES_LOST
    }

    /** A server of its own, empty. */
    abstract SqlServer startServer();

    /** What a client sets that its server shall not wait for long when it is gone. */
    abstract String impatience();

    /** What may happen. */
    abstract Set<Fault> possible();

    /** A process, and its own links to the servers. */
    private final class Teller implements AutoCloseable {
        private final String name;
        private final List<TcpProxy> links;
        private final List<Path> outputs = new ArrayList<>();
        private ChildJvm process;
        private long restsBefore;

        Teller(String name) {
            this.name = name;
            this.links =
                    servers.stream().map(server -> TcpProxy.to(server.port())).toList();
            this.process = begin();
        }

        private ChildJvm begin() {
            Path output = directory.resolve(name + "-" + outputs.size() + ".out");
            outputs.add(output);
            List<String> arguments = new ArrayList<>(
                    List.of(name, name + "." + outputs.size(), Integer.toString(ACCOUNTS), url(0, "log")));
            for (int bank = 0; bank < BANKS; bank++) {
                arguments.add(url(bank, "bank"));
            }
            return ChildJvm.start(BankProcess.class, output, arguments.toArray(String[]::new));
        }

        /**
         * Impatient, so that what is lost is noticed: by the driver, and by the server, which otherwise keeps the row
         * locks of a client that was paused or cut off in the middle of a local transaction for as long as that takes.
         */
        private String url(int server, String database) {
            return servers.get(server)
                            .jdbcUrl(database)
                            .replace(
                                    servers.get(server).address(),
                                    links.get(server).address())
                    + "&socketTimeout=3000&sessionVariables=innodb_lock_wait_timeout=2," + impatience();
        }

        void restart() {
            process.kill9();
            process = begin();
        }

        List<String> lines() {
            return outputs.stream().flatMap(output -> read(output).stream()).toList();
        }

        private static List<String> read(Path output) {
            try {
                return Files.readAllLines(output);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void rest() {
            restsBefore = timesRested();
            process.tell("rest");
        }

        boolean rests() {
            return timesRested() > restsBefore;
        }

        private long timesRested() {
            return read(outputs.get(outputs.size() - 1)).stream()
                    .filter("rest"::equals)
                    .count();
        }

        @Override
        public void close() {
            process.close();
            links.forEach(TcpProxy::close);
        }
    }

    @BeforeEach
    void start() {
        for (int bank = 0; bank < BANKS; bank++) {
            servers.add(startServer());
        }
        log = SqlTxnLog.using(pool(servers.get(0).createDatabase("log")));
        for (int bank = 0; bank < BANKS; bank++) {
            String url = servers.get(bank).createDatabase("bank");
            // Its tables are made once, not by all at the same time.
            BankProcess.bank(bank, url, BankProcess.PATIENCE, ACCOUNTS, log).close();
            banks.add(new BankAccounts(Jdbi.create(pool(url)), 0));
        }
        tellers.add(new Teller("first"));
        tellers.add(new Teller("second"));
    }

    private HikariDataSource pool(String url) {
        HikariDataSource pool = BankProcess.pool(url + "&socketTimeout=10000", BankProcess.PATIENCE);
        pools.add(pool);
        return pool;
    }

    @AfterEach
    void stop() {
        tellers.forEach(Teller::close);
        pools.forEach(HikariDataSource::close);
        servers.forEach(SqlServer::close);
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void forAMinute() throws Exception {
        noMoneyComesOrGoes(Duration.ofMinutes(1));
    }

    @Test
    @Tag("soak")
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void forHalfAnHour() throws Exception {
        noMoneyComesOrGoes(Duration.ofMinutes(30));
    }

    private void noMoneyComesOrGoes(Duration time) throws Exception {
        long seed = Long.getLong("coordkit.bank.seed", new Random().nextLong());
        System.out.println("Bank seed " + seed);
        Random random = new Random(seed);
        await("both are at work", () -> tellers.stream().allMatch(teller -> answers(teller, "Committed") > 20));
        Duration slowest = Duration.ZERO;
        for (long round = 0; round < time.dividedBy(ROUND); round++) {
            hurt(random, ROUND);
            Duration drain = rest();
            slowest = drain.compareTo(slowest) > 0 ? drain : slowest;
            assertBalanced();
            tellers.forEach(teller -> teller.process.tell("work"));
        }
        assertThat(looks).as("looks while it ran").isPositive();
        assertThat(faults).as("faults").containsOnlyKeys(possible());
        System.out.printf(
                "Bank: %d committed, %d aborted, %d unknown; faults %s; %d looks; at rest within %d ms, with leases of %d ms%n",
                answers("Committed"),
                answers("Aborted"),
                answers("Unknown"),
                faults,
                looks,
                slowest.toMillis(),
                BankProcess.LEASE.toMillis());
    }

    private long answers(String outcome) {
        return tellers.stream().mapToLong(teller -> answers(teller, outcome)).sum();
    }

    private static long answers(Teller teller, String outcome) {
        return teller.lines().stream()
                .filter(line -> line.endsWith(" " + outcome))
                .count();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    /** One fault after the other, for that long, and looks at what can be seen in between. */
    private void hurt(Random random, Duration time) {
        Instant began = log.now();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Teller teller = tellers.get(random.nextInt(tellers.size()));
            int number = random.nextInt(BANKS);
            SqlServer server = servers.get(number);
            TcpProxy link = teller.links.get(number);
            long millis = 500L + random.nextInt(3_000);
            Fault fault = draw(random);
            faults.merge(fault, 1, Integer::sum);
            switch (fault) {
                case PROCESS_KILLED -> during(millis, teller.process::kill9, teller::restart);
                case PROCESS_PAUSED -> during(millis, teller.process::pause, teller.process::resume);
                case SERVER_KILLED -> during(millis, server::kill9, server::restart);
                case SERVER_PAUSED -> during(millis, server::pause, server::resume);
                case SERVER_DISCONNECTED -> during(millis, server::disconnect, server::reconnect);
                case LINK_CUT -> during(millis, link::cut, link::mend);
                case REPLIES_LOST -> during(millis, link::dropReplies, link::mend);
            }
            assertNothingWrongIsSeen(began);
        }
    }

    private Fault draw(Random random) {
        if (deck.isEmpty()) {
            List<Fault> shuffled = new ArrayList<>(possible());
            Collections.shuffle(shuffled, random);
            deck.addAll(shuffled);
        }
        return deck.remove();
    }

    private static void during(long millis, Runnable hurt, Runnable mend) {
        hurt.run();
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
        mend.run();
        LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }

    private void assertNothingWrongIsSeen(Instant since) {
        try {
            assertNoneIsHalf(states(since));
            banks.forEach(bank -> assertThat(bank.lowest("balance")).isNotNegative());
            looks++;
        } catch (JdbiException e) {
            // A connection of before the fault; there will be another look.
            pools.forEach(pool -> pool.getHikariPoolMXBean().softEvictConnections());
        }
    }

    /** The states of each transaction's branches. */
    private Map<String, Collection<Integer>> states(Instant since) {
        Map<String, Collection<Integer>> states = new HashMap<>();
        for (BankAccounts bank : banks) {
            bank.branches("", since)
                    .forEach((gid, state) -> states.computeIfAbsent(gid, any -> new ArrayList<>())
                            .add(state));
        }
        return states;
    }

    /** Both are final, so it does not matter that the banks are looked at one after the other. */
    private static void assertNoneIsHalf(Map<String, Collection<Integer>> states) {
        states.forEach((gid, branches) -> {
            Set<Integer> ends = new HashSet<>(branches);
            ends.remove(BankAccounts.TRIED);
            assertThat(ends).as("%s has branches %s", gid, branches).hasSizeLessThanOrEqualTo(1);
        });
    }

    /** Has both come to rest, and everything end that was begun. */
    private Duration rest() {
        long began = System.nanoTime();
        tellers.forEach(Teller::rest);
        await("both rest", () -> tellers.stream().allMatch(Teller::rests));
        await("everything has ended", this::isSettled);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private boolean isSettled() {
        try {
            return log.unfinished(1).isEmpty()
                    && banks.stream().allMatch(BankAccounts::isSettled)
                    && states(Instant.EPOCH).values().stream()
                            .noneMatch(branches -> branches.contains(BankAccounts.TRIED));
        } catch (JdbiException | TxnException e) {
            return false;
        }
    }

    private void assertBalanced() {
        assertThat(banks.stream().mapToLong(bank -> bank.sum("balance")).sum()).isEqualTo(FUNDS);
        banks.forEach(bank -> assertThat(bank.lowest("balance")).isNotNegative());
        Map<String, Collection<Integer>> states = states(Instant.EPOCH);
        assertNoneIsHalf(states);
        for (Teller teller : tellers) {
            for (String line : teller.lines()) {
                int space = line.indexOf(' ');
                Collection<Integer> branches =
                        space < 0 ? List.of() : states.getOrDefault(line.substring(0, space), List.of());
                if (line.endsWith(" Committed")) {
                    assertThat(branches).as(line).hasSizeGreaterThanOrEqualTo(2).containsOnly(BankAccounts.CONFIRMED);
                } else if (line.endsWith(" Aborted")) {
                    assertThat(branches).as(line).doesNotContain(BankAccounts.CONFIRMED);
                }
            }
        }
    }
}
