package io.coordkit.txn.tcc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.CoordException;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.LogInquiries;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.TxnLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * A process with a coordinator on a log that others share, and with the participants of two or more banks. It transfers
 * without end, from one bank to another or to two, and prints each outcome it was answered; until it is told to
 * {@code rest}, which it prints when it does, and to {@code work} again.
 */
final class BankProcess {
    static final Duration LEASE = Duration.ofSeconds(2);
    /** Of a test with a database that is well. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration IMPATIENCE = Duration.ofSeconds(2);
    private static final int CLIENTS = 4;

    private final String name;
    private final int banks;
    private final int accounts;
    private final Tcc tcc;
    private final AtomicInteger number = new AtomicInteger();
    /** One permit a client; who takes all of them knows that none is at work. */
    private final Semaphore working = new Semaphore(CLIENTS, true);

    private BankProcess(String name, int banks, int accounts, Tcc tcc) {
        this.name = name;
        this.banks = banks;
        this.accounts = accounts;
        this.tcc = tcc;
    }

    /** Name of the coordinator, what its gids begin with, accounts in each bank; URLs of the log and the banks. */
    public static void main(String[] args) throws IOException {
        // What goes wrong here goes wrong on purpose.
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        BankProcess process = open(args);
        System.out.println("open");
        for (int client = 0; client < CLIENTS; client++) {
            new Thread(process::transferForEver, "client-" + client).start();
        }
        process.obey();
    }

    private static BankProcess open(String[] args) {
        int banks = args.length - 4;
        int accounts = Integer.parseInt(args[2]);
        while (true) {
            try {
                TxnLog log = SqlTxnLog.using(pool(args[3], IMPATIENCE));
                TccCoordinator.Builder builder = TccCoordinator.builder()
                        .log(log)
                        .name(args[0])
                        .lease(LEASE)
                        .callTimeout(Duration.ofSeconds(2))
                        .maxAttempts(100_000)
                        .retry(RetrySchedule.DEFAULTS.withWaits(Duration.ofMillis(20), Duration.ofMillis(500)));
                for (int bank = 0; bank < banks; bank++) {
                    builder.participant(participant(bank), bank(bank, args[4 + bank], IMPATIENCE, accounts, log));
                }
                return new BankProcess(args[1], banks, accounts, builder.open());
            } catch (CoordException | JdbiException e) {
                // A database that is down right now.
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            }
        }
    }

    private void obey() throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            if (order.equals("rest")) {
                working.acquireUninterruptibly(CLIENTS);
                System.out.println("rest");
            } else {
                working.release(CLIENTS);
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private void transferForEver() {
        try {
            while (true) {
                working.acquire();
                try {
                    transfer(name + "-" + number.incrementAndGet());
                } finally {
                    working.release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void transfer(String gid) throws InterruptedException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int from = random.nextInt(banks);
        int amount = random.nextInt(2, 300);
        boolean split = banks > 2 && random.nextInt(3) == 0;
        Outcome<String> outcome = tcc.begin(gid).run(tx -> {
            tx.enlist(participant(from), BankAccounts.payload("out", random.nextInt(accounts), amount));
            int part = split ? amount / 2 : amount;
            if (split) {
                tx.enlist(
                        participant((from + 2) % banks),
                        BankAccounts.payload("in", random.nextInt(accounts), amount - part));
            }
            return tx.enlist(
                    participant((from + 1) % banks), BankAccounts.payload("in", random.nextInt(accounts), part));
        });
        System.out.println(gid + " " + outcome.getClass().getSimpleName());
    }

    private static String participant(int bank) {
        return "bank-" + bank;
    }

    /** @param patience with a database that gives no connection */
    static GuardedParticipant bank(int bank, String url, Duration patience, int accounts, TxnLog log) {
        HikariDataSource pool = pool(url, patience);
        return GuardedParticipant.on(pool, new BankAccounts(Jdbi.create(pool), accounts), BankAccounts::read)
                .name(participant(bank))
                .reservationTtl(Duration.ofMillis(500))
                .asks("default", LogInquiries.on(log))
                .open();
    }

    static HikariDataSource pool(String url, Duration patience) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(patience.toMillis());
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }
}
