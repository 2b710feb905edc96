package io.coordkit.txn.tcc;

import io.coordkit.testkit.txn.OneProcessLog;
import io.coordkit.txn.core.FileTxnLog;
import io.coordkit.txn.spi.TxnLog;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** All coordinators share the log, as those of one process do. */
class FileLogCoordinatorContractTest extends TccCoordinatorContractTest {
    @TempDir
    private Path directory = Path.of("unset");

    private final OneProcessLog process = new OneProcessLog(() -> FileTxnLog.open(directory));

    @Override
    protected TxnLog openLog() {
        return process.share();
    }
}
