package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.txn.OneProcessLog;
import io.coordkit.testkit.txn.TxnLogContract;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract, with two things more: the log is opened again from its files whenever a rule opens one more, and after
 * each rule it must come back from them as it was in memory.
 */
class FileTxnLogTest extends TxnLogContract {
    @TempDir
    private Path directory = Path.of("unset");

    private final OneProcessLog process = new OneProcessLog(() -> FileTxnLog.open(directory));

    @Override
    protected TxnLog openLog() {
        TxnLog log = process.share();
        process.restart();
        return log;
    }

    @AfterEach
    void comesBackFromItsFilesAsItWas() {
        try (TxnLog log = process.share()) {
            Map<TxnStatus, TxnRecord> was = everything(log);
            process.restart();
            assertThat(everything(log)).isEqualTo(was);
        }
    }

    private static Map<TxnStatus, TxnRecord> everything(TxnLog log) {
        Map<TxnStatus, TxnRecord> all = new HashMap<>();
        log.list(EnumSet.allOf(TxnState.class), Duration.ZERO, Integer.MAX_VALUE)
                .forEach(status -> all.put(status, log.find(status.gid()).orElseThrow()));
        return all;
    }
}
