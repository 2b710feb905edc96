package io.coordkit.txn.twophase;

import com.mysql.cj.jdbc.MysqlDataSource;
import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.sql.Statement;
import java.time.Duration;

/** A process that writes to two databases in one transaction, and halts as it decides, or when it has decided. */
final class HaltingCoordinator {
    static final int HALTED = 66;
    static final Duration LEASE = Duration.ofSeconds(1);
    static final Duration LOOKS = Duration.ofMillis(100);
    static final Duration TIMEOUT = Duration.ofMinutes(5);

    private HaltingCoordinator() {}

    /** The URLs of the log and of both databases; the gid; whether it has decided. */
    public static void main(String[] args) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        Point fatal = new Point("TxnLog.decide", Boolean.parseBoolean(args[4]), Victim.PROCESS);
        FragileProcess process =
                new FragileProcess(fatal, 1, () -> Runtime.getRuntime().halt(HALTED));
        try (TwoPhase coordinator = open(process, args[0], args[1], args[2])) {
            System.out.println(coordinator.begin(args[3]).timeout(TIMEOUT).run(tx -> {
                for (String each : new String[] {"left", "right"}) {
                    try (Statement statement = tx.connection(each).createStatement()) {
                        statement.execute("INSERT INTO item VALUES ('" + args[3] + "')");
                    }
                }
                return "value";
            }));
        }
    }

    static TwoPhase open(FragileProcess process, String log, String left, String right) {
        MysqlDataSource logDatabase = new MysqlDataSource();
        logDatabase.setUrl(log);
        return TwoPhaseCoordinator.builder()
                .log(process.around(SqlTxnLog.using(logDatabase)))
                .lease(LEASE)
                .scanEvery(LOOKS)
                .database(XaDatabase.of("left", source(left)))
                .database(XaDatabase.of("right", source(right)))
                .open();
    }

    private static MysqlXADataSource source(String url) {
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(url);
        return source;
    }
}
