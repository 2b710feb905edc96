package io.coordkit.txn.tcc;

import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc.TccBody;
import io.coordkit.txn.Tcc.TccCall;
import io.coordkit.txn.spi.TxnNames;
import java.time.Duration;
import java.util.Set;

/** One transaction before it runs. */
final class TccRun implements TccCall {
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    private final String gid;
    private final Set<String> participants;
    private final Transactions transactions;
    private Duration timeout = Duration.ofSeconds(10);

    TccRun(String gid, Set<String> participants, Transactions transactions) {
        this.gid = TxnNames.gid(gid);
        this.participants = participants;
        this.transactions = transactions;
    }

    @Override
    public TccCall timeout(Duration newTimeout) {
        if (newTimeout.compareTo(MIN_TIMEOUT) < 0 || newTimeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "timeout must be between " + MIN_TIMEOUT + " and " + MAX_TIMEOUT + ", was " + newTimeout);
        }
        timeout = newTimeout;
        return this;
    }

    @Override
    public <T> Outcome<T> run(TccBody<T> body) throws InterruptedException {
        Enlistment enlistment = new Enlistment(gid, participants);
        T value = body.run(enlistment);
        return transactions.run(gid, timeout, enlistment.end(), value);
    }
}
