package io.coordkit.txn.twophase;

import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.FileTxnLog;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;

/** A process that writes to two H2 databases of its own in one transaction, and halts in the middle. */
final class H2HaltingProcess {
    static final int HALTED = 66;
    static final String GID = "gid";

    private H2HaltingProcess() {}

    /** Directory; at which point, and whether after it. Prints what was answered. */
    public static void main(String[] args) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        Point fatal = new Point(args[1], Boolean.parseBoolean(args[2]), Victim.PROCESS);
        FragileProcess process =
                new FragileProcess(fatal, 1, () -> Runtime.getRuntime().halt(HALTED));
        Path directory = Path.of(args[0]);
        try (TxnLog log = FileTxnLog.open(directory.resolve("log"));
                TwoPhase coordinator = open(directory, process, log)) {
            System.out.println(coordinator
                    .begin(GID)
                    .awaitPhase2(Duration.ofSeconds(20))
                    .run(tx -> {
                        for (String each : new String[] {"left", "right"}) {
                            try (Statement statement = tx.connection(each).createStatement()) {
                                statement.execute("INSERT INTO item VALUES ('" + GID + "')");
                            }
                        }
                        return "value";
                    })
                    .getClass()
                    .getSimpleName());
        }
    }

    static TwoPhase open(Path directory, FragileProcess process, TxnLog log) {
        return TwoPhaseCoordinator.builder()
                .log(process.around(log))
                .name("only")
                .lease(Duration.ofSeconds(1))
                .scanEvery(Duration.ofMillis(100))
                .database(XaDatabase.of("left", process.around(database(directory, "left"), () -> {})))
                .database(XaDatabase.of("right", process.around(database(directory, "right"), () -> {})))
                .open();
    }

    static XADataSource database(Path directory, String name) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:" + directory.resolve(name).toAbsolutePath() + ";WRITE_DELAY=0");
        source.setUser("sa");
        source.setPassword("");
        return source;
    }
}
