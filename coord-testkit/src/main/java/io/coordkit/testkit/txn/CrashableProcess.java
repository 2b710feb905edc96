package io.coordkit.testkit.txn;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Everything a coordinator reaches, with a power switch. Each call to the log or to a participant is two points: before
 * it takes effect, and after, before the answer is back. At the chosen point the process dies: from then on nothing it
 * asks for takes effect or is answered, whatever its threads still try. Thread-safe.
 */
final class CrashableProcess {
    private final AtomicInteger points = new AtomicInteger();
    private final int fatal;
    private final CountDownLatch dead = new CountDownLatch(1);

    /** @param fatal the number of the point at which it dies, from 1; 0 to live */
    CrashableProcess(int fatal) {
        this.fatal = fatal;
    }

    int pointsPassed() {
        return points.get();
    }

    CountDownLatch dead() {
        return dead;
    }

    private <T> T through(String what, Supplier<T> call) {
        point(what + " unsent");
        T answer = call.get();
        point(what + " unanswered");
        return answer;
    }

    private void point(String what) {
        if (dead.getCount() > 0 && points.incrementAndGet() == fatal) {
            dead.countDown();
        }
        if (dead.getCount() == 0) {
            throw new TxnException("The process died at " + what, null);
        }
    }

    BranchEndpoint around(BranchEndpoint endpoint) {
        return call -> {
            try {
                return through(
                        call.toString(),
                        () -> CompletableFuture.completedStage(
                                endpoint.call(call).toCompletableFuture().join()));
            } catch (TxnException e) {
                return CompletableFuture.failedStage(e);
            }
        };
    }

    TxnLog around(TxnLog log) {
        return new TxnLog() {
            @Override
            public void begin(String gid, Duration timeout, List<TxnBranch> branches) {
                through("begin", () -> {
                    log.begin(gid, timeout, branches);
                    return gid;
                });
            }

            @Override
            public Decision decide(String gid, Decision proposed) {
                return through("decide", () -> log.decide(gid, proposed));
            }

            @Override
            public void finish(List<String> gids) {
                through("finish", () -> {
                    log.finish(gids);
                    return gids;
                });
            }

            @Override
            public Optional<TxnStatus> status(String gid) {
                return through("status", () -> log.status(gid));
            }

            @Override
            public List<TxnStatus> unfinished(int limit) {
                return log.unfinished(limit);
            }

            @Override
            public Optional<TxnRecord> takeOver(String gid) {
                return through("take-over", () -> log.takeOver(gid));
            }

            @Override
            public void close() {
                log.close();
            }
        };
    }
}
