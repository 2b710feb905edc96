package io.coordkit.txn.tcc;

import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc.LocalWork;
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
    private final ThreadLocal<Enlistment> current;
    private Duration timeout = Duration.ofSeconds(10);
    private Duration patience = Duration.ZERO;

    /** @param current the transaction in whose body a thread is */
    TccRun(String gid, Set<String> participants, Transactions transactions, ThreadLocal<Enlistment> current) {
        this.gid = TxnNames.gid(gid);
        this.participants = participants;
        this.transactions = transactions;
        this.current = current;
    }

    @Override
    public TccCall timeout(Duration newTimeout) {
        timeout = checked("timeout", newTimeout);
        return this;
    }

    @Override
    public TccCall awaitPhase2(Duration newPatience) {
        patience = checked("patience", newPatience);
        return this;
    }

    private static Duration checked(String field, Duration value) {
        if (value.compareTo(MIN_TIMEOUT) < 0 || value.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    field + " must be between " + MIN_TIMEOUT + " and " + MAX_TIMEOUT + ", was " + value);
        }
        return value;
    }

    @Override
    public <T> Outcome<T> run(TccBody<T> body) throws InterruptedException {
        Enlistment outer = current.get();
        if (outer != null) {
            return new Outcome.Joined<>(outer.gid(), body.run(outer));
        }
        return begin(body, transactions.deciding());
    }

    @Override
    public <T> Outcome<T> run(TccBody<T> body, LocalWork<T> work) throws InterruptedException {
        Enlistment outer = current.get();
        if (outer != null) {
            throw new IllegalStateException("Transaction '" + gid + "' cannot be decided with its own work inside '"
                    + outer.gid() + "': run it after that one, or do the work there");
        }
        return begin(body, transactions.decidingWith(work));
    }

    private <T> Outcome<T> begin(TccBody<T> body, Deciding<T> deciding) throws InterruptedException {
        Enlistment enlistment = new Enlistment(gid, participants);
        T value;
        current.set(enlistment);
        try {
            value = body.run(enlistment);
        } finally {
            current.remove();
        }
        return transactions.run(gid, timeout, patience, enlistment.end(), value, deciding);
    }
}
