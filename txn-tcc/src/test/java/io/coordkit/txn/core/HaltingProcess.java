package io.coordkit.txn.core;

import io.coordkit.txn.core.CrashPoint.Moment;
import io.coordkit.txn.core.CrashPoint.Victim;
import io.coordkit.txn.core.SimulatedCluster.LogStore;
import io.coordkit.txn.spi.TxnLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** A process that plays a scenario on real files, and halts in the middle of an append; it prints what was answered. */
final class HaltingProcess {
    static final int HALTED = 66;
    static final int BRANCHES = 2;

    private HaltingProcess() {}

    /** Directory; scenario; what is appended, and at which moment it halts. */
    public static void main(String[] args) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        CrashPoint fatal = new CrashPoint(args[2], Moment.valueOf(args[3]), Victim.COORDINATOR);
        try (SimulatedCluster cluster =
                cluster(Path.of(args[0]), fatal, 1, () -> Runtime.getRuntime().halt(HALTED))) {
            var unusedStage = cluster.answer()
                    .thenAccept(outcome -> System.out.println(outcome.getClass().getSimpleName()));
            cluster.openLog();
            Scenario.valueOf(args[1]).play(cluster);
        }
    }

    /** The log and the participants' database in that directory. */
    static SimulatedCluster cluster(Path directory, CrashPoint fatal, int occurrence, Runnable death) {
        String url = "jdbc:h2:" + directory.resolve("participant").toAbsolutePath();
        return new SimulatedCluster(
                fatal, occurrence, url, any -> new Directory(directory.resolve("log"), death), BRANCHES);
    }

    /** The log's files, as they are. */
    private static final class Directory implements LogStore {
        private final Path path;
        private final Runnable death;
        private @Nullable TxnLog open;

        Directory(Path path, Runnable death) {
            this.path = path;
            this.death = death;
        }

        @Override
        public TxnLog open(SimulatedProcess process) {
            TxnLog opened = FileTxnLog.open(path.toString(), () -> mortal(process), InstantSource.system(), 1 << 20);
            open = opened;
            return opened;
        }

        private LogDisk mortal(SimulatedProcess process) throws IOException {
            return new CrashingDisk(DirectoryDisk.take(path), process::passes, death);
        }

        /** Nobody else may have the directory, not even in this process. */
        @Override
        public void crash(Moment moment) {
            if (open != null) {
                open.close();
            }
        }
    }
}
