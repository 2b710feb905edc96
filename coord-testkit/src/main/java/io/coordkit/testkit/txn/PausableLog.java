package io.coordkit.testkit.txn;

import io.coordkit.txn.spi.TxnLog;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The log of a coordinator that shows no sign of life until it is resumed. */
final class PausableLog extends DelegatingTxnLog {
    private final CompletableFuture<Void> resumed;

    PausableLog(TxnLog log, CompletableFuture<Void> resumed) {
        super(log);
        this.resumed = resumed;
    }

    @Override
    <T> T through(String name, Supplier<T> call) {
        if (name.equals("renew")) {
            resumed.join();
        }
        return super.through(name, call);
    }
}
