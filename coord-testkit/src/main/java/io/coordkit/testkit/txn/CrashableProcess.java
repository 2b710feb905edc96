package io.coordkit.testkit.txn;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Everything a coordinator reaches, with a power switch. Each write to the log and each call to a participant is two
 * points: before it takes effect, and after, before the answer is back. At the chosen point the process dies: from then
 * on nothing it asks for takes effect or is answered, whatever its threads still try. Thread-safe.
 */
final class CrashableProcess {
    /** What happens in every transaction; leases are renewed when it is time, so they cannot be counted. */
    private static final Set<String> COUNTED = Set.of("decide", "finish");

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

    /** It dies now. */
    void die() {
        dead.countDown();
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
        stopIfDead(what);
    }

    private void stopIfDead(String what) {
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
        return new DelegatingTxnLog(log) {
            @Override
            <T> T through(String name, Supplier<T> call) {
                if (COUNTED.contains(name)) {
                    return CrashableProcess.this.through(name, call);
                }
                stopIfDead(name);
                return call.get();
            }
        };
    }
}
