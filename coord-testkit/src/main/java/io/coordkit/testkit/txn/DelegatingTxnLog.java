package io.coordkit.testkit.txn;

import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A log that passes everything on, through one method that a test may change. */
abstract class DelegatingTxnLog implements TxnLog {
    private final Supplier<TxnLog> log;

    DelegatingTxnLog(TxnLog log) {
        this(() -> log);
    }

    /** To whatever that gives at each call. */
    DelegatingTxnLog(Supplier<TxnLog> log) {
        this.log = log;
    }

    /** Makes the call of that name. */
    <T> T through(String name, Supplier<T> call) {
        return call.get();
    }

    private void run(String name, Runnable call) {
        through(name, () -> {
            call.run();
            return name;
        });
    }

    @Override
    public CoordinatorLease join(String name, Duration lease) {
        return through("join", () -> log.get().join(name, lease));
    }

    @Override
    public Optional<CoordinatorLease> renew(String coordinator, Duration lease) {
        return through("renew", () -> log.get().renew(coordinator, lease));
    }

    @Override
    public void leave(String coordinator) {
        run("leave", () -> log.get().leave(coordinator));
    }

    @Override
    public TxnRecord decide(TxnProposal proposal) {
        return through("decide", () -> log.get().decide(proposal));
    }

    @Override
    public Optional<TxnRecord> resolve(TxnProposal abort) {
        return through("resolve", () -> log.get().resolve(abort));
    }

    @Override
    public void finish(List<String> gids) {
        run("finish", () -> log.get().finish(gids));
    }

    @Override
    public Optional<TxnRecord> find(String gid) {
        return through("find", () -> log.get().find(gid));
    }

    @Override
    public Optional<TxnStatus> status(String gid) {
        return through("status", () -> log.get().status(gid));
    }

    @Override
    public List<TxnStatus> unfinished(int limit) {
        return through("unfinished", () -> log.get().unfinished(limit));
    }

    @Override
    public List<TxnRecord> claim(String coordinator, int limit) {
        return through("claim", () -> log.get().claim(coordinator, limit));
    }

    @Override
    public List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit) {
        return through("list", () -> log.get().list(states, minAge, limit));
    }

    @Override
    public void needAttention(String gid, String note) {
        run("needAttention", () -> log.get().needAttention(gid, note));
    }

    @Override
    public Optional<TxnRecord> retry(String gid, String coordinator) {
        return through("retry", () -> log.get().retry(gid, coordinator));
    }

    @Override
    public void finishByHand(String gid, String note) {
        run("finishByHand", () -> log.get().finishByHand(gid, note));
    }

    @Override
    public int purge(Duration retention, int limit) {
        return through("purge", () -> log.get().purge(retention, limit));
    }

    @Override
    public Instant now() {
        return through("now", () -> log.get().now());
    }

    @Override
    public void close() {
        log.get().close();
    }
}
