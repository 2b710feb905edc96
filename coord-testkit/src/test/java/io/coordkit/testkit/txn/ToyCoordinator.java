package io.coordkit.testkit.txn;

import static io.coordkit.testkit.txn.CoordinatorFault.*;

import io.coordkit.txn.DuplicateGidException;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TccTransaction;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The plainest coordinator that keeps the contract, a thread for everything, with one fault. */
final class ToyCoordinator implements Tcc {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(1);

    private final TxnLog log;
    private final Map<String, BranchEndpoint> participants;
    private final CoordinatorFault fault;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "toy-coordinator");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, CompletableFuture<Decision>> verdicts = new ConcurrentHashMap<>();
    private volatile boolean closed;

    ToyCoordinator(TxnLog log, Map<String, BranchEndpoint> participants, CoordinatorFault fault) {
        this.log = log;
        this.participants = participants;
        this.fault = fault;
    }

    ToyCoordinator recover() {
        for (TxnStatus status : log.unfinished(Integer.MAX_VALUE)) {
            boolean forgotten = status.state() == TxnState.COMMITTING;
            if (!forgotten || fault != T49_RECOVERS_ONLY_WHAT_IS_TO_BE_CANCELLED) {
                settle(status.gid());
            }
        }
        return this;
    }

    @Override
    public TccCall begin(String gid) {
        TxnNames.gid(gid);
        return new TccCall() {
            private Duration timeout = Duration.ofSeconds(10);

            @Override
            public TccCall timeout(Duration newTimeout) {
                if (newTimeout.isZero() || newTimeout.compareTo(Duration.ofHours(1)) > 0) {
                    throw new IllegalArgumentException("timeout was " + newTimeout);
                }
                timeout = newTimeout;
                return this;
            }

            @Override
            public <T> Outcome<T> run(TccBody<T> body) throws InterruptedException {
                return ToyCoordinator.this.run(gid, timeout, body);
            }
        };
    }

    private <T> Outcome<T> run(String gid, Duration timeout, TccBody<T> body) throws InterruptedException {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        Branches enlisted = new Branches(gid);
        T value;
        try {
            value = body.run(enlisted);
        } catch (RuntimeException e) {
            if (fault == T54_RECORDS_A_FAILED_BODY) {
                log.begin(gid, timeout, List.of());
            }
            throw e;
        }
        TxnException silence = null;
        try {
            log.begin(gid, timeout, enlisted.list);
        } catch (DuplicateGidException e) {
            if (fault == T50_ANSWERS_FOR_THE_FIRST_RUN) {
                return new Outcome.Committed<>(gid, value);
            }
            throw e;
        } catch (TxnException e) {
            silence = e;
            if (fault != T55_TRIES_WITHOUT_A_LOG) {
                settle(gid);
                throw e;
            }
        }
        TxnRecord transaction = new TxnRecord(gid, TxnState.ACTIVE, "", 1, Instant.MAX, enlisted.list);
        Decision proposed = verdict(transaction, System.nanoTime() + timeout.toNanos());
        if (silence != null) {
            settle(gid);
            throw silence;
        }
        return decide(transaction, proposed, value);
    }

    private <T> Outcome<T> decide(TxnRecord transaction, Decision proposed, T value) throws InterruptedException {
        String gid = transaction.gid();
        boolean interrupted = proposed.reason().equals("interrupted");
        if (fault == T47_CANCELS_BEFORE_IT_DECIDES && !proposed.isCommit() && !interrupted) {
            transaction.branches().forEach(branch -> once(transaction, branch, Operation.CANCEL));
        }
        Decision standing;
        try {
            standing = log.decide(gid, proposed);
        } catch (TxnException e) {
            if (fault != T48_LEAVES_THE_UNKNOWN_ALONE) {
                settle(gid);
            }
            return new Outcome.Unknown<>(gid, e);
        }
        carryOut(transaction, standing);
        if (interrupted && fault != T51_HIDES_THE_INTERRUPT) {
            throw new InterruptedException(gid);
        }
        if (standing.isCommit()) {
            return new Outcome.Committed<>(gid, fault == T41_FORGETS_THE_VALUE ? forgotten() : value);
        }
        return new Outcome.Aborted<>(gid, standing.reason());
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T forgotten() {
        return null;
    }

    private Decision verdict(TxnRecord transaction, long end) {
        CompletableFuture<Decision> verdict = new CompletableFuture<>();
        verdicts.put(transaction.gid(), verdict);
        AtomicInteger open = new AtomicInteger(transaction.branches().size());
        Runnable previous = () -> {};
        for (TxnBranch branch : transaction.branches()) {
            Runnable trying = () -> tryUntil(transaction, branch, end, verdict, open);
            if (fault == T43_TRIES_ONE_AFTER_ANOTHER) {
                Runnable before = previous;
                previous = () -> {
                    before.run();
                    trying.run();
                };
            } else {
                threads.execute(trying);
            }
        }
        threads.execute(previous);
        try {
            return verdict.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            verdict.complete(Decision.abort("deadline"));
        } catch (InterruptedException e) {
            verdict.complete(Decision.abort("interrupted"));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            verdicts.remove(transaction.gid());
        }
        return verdict.join();
    }

    private void tryUntil(
            TxnRecord transaction,
            TxnBranch branch,
            long end,
            CompletableFuture<Decision> verdict,
            AtomicInteger open) {
        while (!verdict.isDone() && System.nanoTime() < end) {
            BranchReply reply = once(transaction, branch, Operation.TRY);
            if (reply instanceof BranchReply.Refused refused) {
                verdict.complete(Decision.abort(fault == T42_FORGETS_THE_REASON ? "no" : refused.reason()));
            } else if (reply != null) {
                if (open.decrementAndGet() == 0) {
                    verdict.complete(Decision.COMMIT);
                }
                return;
            } else if (fault == T44_TAKES_SILENCE_FOR_A_NO) {
                verdict.complete(Decision.abort("silence"));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void settle(String gid) {
        threads.execute(() -> {
            while (!closed) {
                try {
                    TxnRecord taken = log.takeOver(gid).orElse(null);
                    if (taken == null || taken.state().isFinished()) {
                        return;
                    }
                    carryOut(taken, log.decide(gid, Decision.abort("settled")));
                    return;
                } catch (TxnException e) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        });
    }

    private void carryOut(TxnRecord transaction, Decision decision) {
        Operation operation = decision.isCommit() ? Operation.CONFIRM : Operation.CANCEL;
        boolean known = participants
                .keySet()
                .containsAll(transaction.branches().stream()
                        .map(TxnBranch::participant)
                        .toList());
        if (!known && fault == T52_STUMBLES_OVER_THE_UNKNOWN_PARTICIPANT) {
            return;
        }
        AtomicInteger open = new AtomicInteger(transaction.branches().size());
        List<Runnable> tasks = new ArrayList<>();
        for (TxnBranch branch : transaction.branches()) {
            tasks.add(() -> {
                BranchReply reply = null;
                while (!closed && !acknowledged(reply)) {
                    reply = once(transaction, branch, operation);
                    LockSupport.parkNanos(acknowledged(reply) ? 0 : PAUSE.toNanos());
                }
                if (acknowledged(reply) && open.decrementAndGet() == 0) {
                    finish(transaction.gid());
                }
            });
        }
        if (fault == T45_CONFIRMS_ONE_AFTER_ANOTHER && decision.isCommit()) {
            threads.execute(() -> tasks.forEach(Runnable::run));
        } else {
            tasks.forEach(threads::execute);
        }
    }

    private boolean acknowledged(@Nullable BranchReply reply) {
        boolean refused = reply instanceof BranchReply.Refused;
        return reply instanceof BranchReply.Done || (refused && fault == T46_TAKES_A_REFUSAL_FOR_DONE);
    }

    private void finish(String gid) {
        try {
            log.finish(List.of(gid));
        } catch (TxnException e) {
            // Found again at the next start.
        }
    }

    /** The answer to one call, or null for none. */
    private @Nullable BranchReply once(TxnRecord transaction, TxnBranch branch, Operation operation) {
        BranchEndpoint endpoint = participants.get(branch.participant());
        if (endpoint == null) {
            return null;
        }
        long epoch = fault == T53_KEEPS_THE_EPOCH ? 1 : transaction.epoch();
        try {
            return endpoint.call(new BranchCall(
                            transaction.gid(),
                            branch.id(),
                            branch.participant(),
                            operation,
                            epoch,
                            Instant.MAX,
                            branch.payload(),
                            ""))
                    .toCompletableFuture()
                    .get(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public Optional<TxnStatus> state(String gid) {
        return log.status(gid);
    }

    @Override
    public List<TxnStatus> unfinished(int limit) {
        return log.unfinished(limit);
    }

    @Override
    public void close() {
        closed = true;
        if (fault != T56_LEAVES_OPEN_CALLS_ON_CLOSE) {
            verdicts.values().forEach(verdict -> verdict.complete(Decision.abort("closed")));
        }
        while (fault != T56_LEAVES_OPEN_CALLS_ON_CLOSE && !verdicts.isEmpty()) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Collects the branches. */
    private final class Branches implements TccTransaction {
        private final String gid;
        private final List<TxnBranch> list = new ArrayList<>();

        Branches(String gid) {
            this.gid = gid;
        }

        @Override
        public String gid() {
            return gid;
        }

        @Override
        public String enlist(String participant, byte[] payload) {
            if (!participants.containsKey(participant)) {
                throw new IllegalArgumentException("no participant " + participant);
            }
            String id = Integer.toString(list.size() + 1);
            list.add(new TxnBranch(id, participant, Payload.of(payload)));
            return id;
        }
    }
}
