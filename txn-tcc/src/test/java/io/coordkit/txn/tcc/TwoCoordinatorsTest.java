package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.TxnLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes, each with a coordinator, share one log and two banks on one MariaDB. */
class TwoCoordinatorsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int TRANSFERS = 40;
    private static final int ACCOUNTS = 10;

    @TempDir
    private Path directory = Path.of("unset");

    private MariaDbServer server;
    private String logUrl;
    private HikariDataSource logPool;
    private HikariDataSource leftPool;
    private HikariDataSource rightPool;
    private BankAccounts leftAccounts;
    private BankAccounts rightAccounts;
    private TxnLog log;
    private Child first;
    private Child second;

    /** One of the two processes. */
    private record Child(ChildJvm process, Path out) {
        List<String> lines() {
            try {
                return Files.readAllLines(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = MariaDbServer.start();
        logUrl = server.createDatabase("log");
        logPool = BankProcess.pool(logUrl, BankProcess.PATIENCE);
        log = SqlTxnLog.using(logPool);
        // A process that is paused in the middle of a local transaction keeps its row locks, from everybody, for ever;
        // that a database gives them up is the database's to be told.
        Jdbi.create(logPool).useHandle(handle -> handle.execute("SET GLOBAL idle_transaction_timeout = 1"));
        String left = server.createDatabase("bank_left");
        String right = server.createDatabase("bank_right");
        leftPool = BankProcess.pool(left, BankProcess.PATIENCE);
        rightPool = BankProcess.pool(right, BankProcess.PATIENCE);
        // Their tables are made once, not by both at the same time.
        BankProcess.bank(0, left, BankProcess.PATIENCE, ACCOUNTS, log).close();
        BankProcess.bank(1, right, BankProcess.PATIENCE, ACCOUNTS, log).close();
        leftAccounts = new BankAccounts(Jdbi.create(leftPool), 0);
        rightAccounts = new BankAccounts(Jdbi.create(rightPool), 0);
        first = child("first", left, right);
        second = child("second", left, right);
        await("both are at work", () -> answered(first) >= TRANSFERS && answered(second) >= TRANSFERS);
    }

    private Child child(String name, String left, String right) {
        Path out = directory.resolve(name + ".out");
        String accounts = Integer.toString(ACCOUNTS);
        return new Child(ChildJvm.start(BankProcess.class, out, name, name, accounts, logUrl, left, right), out);
    }

    @AfterEach
    void stop() {
        for (Child child : List.of(first, second)) {
            child.process().close();
        }
        logPool.close();
        leftPool.close();
        rightPool.close();
        server.close();
    }

    private static long answered(Child child) {
        return child.lines().stream().filter(line -> line.contains(" ")).count();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    /** The states of the first one's branches in one bank, by gid. */
    private static Map<String, Integer> branches(BankAccounts bank) {
        return bank.branches("first-", Instant.EPOCH);
    }

    private boolean isSettled() {
        return Stream.of(leftAccounts, rightAccounts)
                        .noneMatch(bank -> branches(bank).containsValue(BankAccounts.TRIED))
                && log.unfinished(Integer.MAX_VALUE).stream()
                        .noneMatch(status -> status.gid().startsWith("first-"));
    }

    private void assertNothingIsHalfDone() {
        Map<String, Integer> left = branches(leftAccounts);
        Map<String, Integer> right = branches(rightAccounts);
        left.forEach((gid, state) -> assertThat(right.getOrDefault(gid, 0) == BankAccounts.CONFIRMED)
                .as("%s: %s and %s", gid, state, right.get(gid))
                .isEqualTo(state == BankAccounts.CONFIRMED));
        assertThat(right.keySet().stream().filter(gid -> right.getOrDefault(gid, 0) == BankAccounts.CONFIRMED))
                .isSubsetOf(left.keySet());
        for (String line : first.lines()) {
            if (line.endsWith(" Committed") || line.endsWith(" Aborted")) {
                String gid = line.substring(0, line.indexOf(' '));
                assertThat(left.getOrDefault(gid, 0) == BankAccounts.CONFIRMED)
                        .as(line)
                        .isEqualTo(line.endsWith(" Committed"));
            }
        }
    }

    @Test
    void whenOneIsKilled_theOtherFinishesWhatItLeft() throws Exception {
        first.process().kill9();
        long killed = System.nanoTime();
        await("the second has finished it", this::isSettled);
        System.out.printf(
                "Killed: settled by the other after %d ms, with leases of %d ms%n",
                (System.nanoTime() - killed) / 1_000_000, BankProcess.LEASE.toMillis());
        assertNothingIsHalfDone();
        long before = answered(second);
        await("the second goes on", () -> answered(second) > before + TRANSFERS);
        assertBalanced();
    }

    @Test
    void whenOneIsPausedPastItsLease_itChangesNothingOfWhatTheOtherSettled() throws Exception {
        first.process().pause();
        await("the second has finished it", this::isSettled);
        Map<String, Integer> left = branches(leftAccounts);
        Map<String, Integer> right = branches(rightAccounts);
        long before = answered(first);
        first.process().resume();
        await("the first goes on", () -> answered(first) > before + TRANSFERS);
        assertThat(branches(leftAccounts)).containsAllEntriesOf(left);
        assertThat(branches(rightAccounts)).containsAllEntriesOf(right);
        first.process().kill9();
        await("the second has finished the rest", this::isSettled);
        assertNothingIsHalfDone();
        assertBalanced();
    }

    /** Stops the second too, lets a third finish, and counts the money. */
    private void assertBalanced() throws Exception {
        second.process().kill9();
        String left = leftPool.getJdbcUrl();
        String right = rightPool.getJdbcUrl();
        try (GuardedParticipant leftBank = BankProcess.bank(0, left, BankProcess.PATIENCE, ACCOUNTS, log);
                GuardedParticipant rightBank = BankProcess.bank(1, right, BankProcess.PATIENCE, ACCOUNTS, log);
                AutoCloseable third = TccCoordinator.builder()
                        .log(log)
                        .name("second")
                        .participant("bank-0", leftBank)
                        .participant("bank-1", rightBank)
                        .open()) {
            assertThat(third).isNotNull();
            await(
                    "everything is settled",
                    () -> leftBank.reservations(1).isEmpty()
                            && rightBank.reservations(1).isEmpty()
                            && log.unfinished(1).isEmpty());
        }
        assertThat(leftAccounts.sum("balance") + rightAccounts.sum("balance"))
                .isEqualTo(2L * ACCOUNTS * BankAccounts.FUNDS);
        for (BankAccounts bank : List.of(leftAccounts, rightAccounts)) {
            assertThat(bank.isSettled()).isTrue();
            assertThat(bank.lowest("balance")).isNotNegative();
        }
    }
}
