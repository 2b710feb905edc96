package io.coordkit.txn.tcc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.LogInquiries;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;

/**
 * A process with a coordinator on a log that others share, and with the participants of two banks. It transfers without
 * end, and prints each outcome it was answered.
 */
final class BankProcess {
    static final int ACCOUNTS = 10;
    static final Duration LEASE = Duration.ofSeconds(2);

    private static final int CLIENTS = 4;

    private BankProcess() {}

    /** Name of the coordinator; URLs of the log, the left and the right bank. */
    public static void main(String[] args) {
        String name = args[0];
        TxnLog log = SqlTxnLog.using(pool(args[1]));
        Tcc tcc = TccCoordinator.builder()
                .log(log)
                .name(name)
                .lease(LEASE)
                .retry(RetrySchedule.DEFAULTS.withWaits(Duration.ofMillis(20), Duration.ofMillis(500)))
                .participant("left", bank("left", args[2], log))
                .participant("right", bank("right", args[3], log))
                .open();
        System.out.println("open");
        AtomicInteger number = new AtomicInteger();
        for (int client = 0; client < CLIENTS; client++) {
            new Thread(() -> transfer(tcc, name, number), "client-" + client).start();
        }
    }

    private static void transfer(Tcc tcc, String name, AtomicInteger number) {
        while (true) {
            String gid = name + "-" + number.incrementAndGet();
            int amount = ThreadLocalRandom.current().nextInt(1, 20);
            int account = ThreadLocalRandom.current().nextInt(ACCOUNTS);
            boolean outward = ThreadLocalRandom.current().nextBoolean();
            try {
                Outcome<String> outcome = tcc.begin(gid).run(tx -> {
                    tx.enlist("left", BankAccounts.payload(outward ? "out" : "in", account, amount));
                    return tx.enlist("right", BankAccounts.payload(outward ? "in" : "out", account, amount));
                });
                System.out.println(gid + " " + outcome.getClass().getSimpleName());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    static GuardedParticipant bank(String name, String url, TxnLog log) {
        HikariDataSource pool = pool(url);
        return GuardedParticipant.on(pool, new BankAccounts(Jdbi.create(pool), ACCOUNTS), BankAccounts::read)
                .name(name)
                .reservationTtl(Duration.ofMillis(500))
                .asks("default", LogInquiries.on(log))
                .open();
    }

    static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(10);
        return new HikariDataSource(config);
    }
}
