package io.coordkit.testkit.txn;

import io.coordkit.txn.spi.TxnLog;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A log that only one process may have open, for the contracts, which open theirs several times: all users of the process
 * share it, and it is closed when the last of them has closed it. Thread-safe.
 */
public final class OneProcessLog {
    private final Supplier<TxnLog> opening;
    private @Nullable TxnLog open;
    private int users;

    /** @param opening opens it on the same store each time */
    public OneProcessLog(Supplier<TxnLog> opening) {
        this.opening = opening;
    }

    /** The log for one more user. */
    public synchronized TxnLog share() {
        users++;
        current();
        AtomicBoolean closed = new AtomicBoolean();
        return new DelegatingTxnLog(this::current) {
            @Override
            public void close() {
                if (!closed.getAndSet(true)) {
                    oneLess();
                }
            }
        };
    }

    private synchronized TxnLog current() {
        if (open == null) {
            open = opening.get();
        }
        return open;
    }

    private synchronized void oneLess() {
        users--;
        if (users == 0) {
            close();
        }
    }

    /** Closes it and opens it again from its store, for all its users. */
    public synchronized void restart() {
        close();
        current();
    }

    private void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
