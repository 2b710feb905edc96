package io.coordkit.testkit.txn;

import static io.coordkit.testkit.txn.CoordinatorFault.*;

import io.coordkit.txn.LocalWork;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TccTransaction;
import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.BranchReply.Code;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private static final int MAX_ATTEMPTS = 8;

    private final TxnLog log;
    private final Map<String, BranchEndpoint> participants;
    private final CoordinatorFault fault;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "toy-coordinator");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, CompletableFuture<Decision>> verdicts = new ConcurrentHashMap<>();

    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<Branches> current = new ThreadLocal<>();

    private final Duration leaseTime;
    private volatile CoordinatorLease lease;
    private volatile boolean closed;

    ToyCoordinator(
            String name,
            Duration leaseTime,
            TxnLog log,
            Map<String, BranchEndpoint> participants,
            CoordinatorFault fault) {
        this.log = log;
        this.leaseTime = leaseTime;
        this.lease = log.join(name, leaseTime);
        this.participants = participants;
        this.fault = fault;
    }

    ToyCoordinator recover() {
        for (TxnRecord claimed : log.claim(lease.coordinator(), Integer.MAX_VALUE)) {
            boolean forgotten = claimed.state().isCommit();
            if (!forgotten || fault != T49_RECOVERS_ONLY_WHAT_IS_TO_BE_CANCELLED) {
                carryOut(fault == T53_KEEPS_THE_EPOCH ? with(claimed, 1) : claimed);
            }
        }
        threads.execute(this::keepLease);
        return this;
    }

    private void keepLease() {
        while (!closed) {
            LockSupport.parkNanos(leaseTime.toNanos() / 5);
            try {
                log.renew(lease.coordinator(), leaseTime).ifPresent(renewed -> lease = renewed);
                if (fault != T59_CLAIMS_ONLY_AT_ITS_START) {
                    log.claim(lease.coordinator(), Integer.MAX_VALUE).forEach(this::carryOut);
                }
            } catch (TxnException e) {
                // Next time.
            }
        }
    }

    private static TxnRecord with(TxnRecord record, long epoch) {
        return new TxnRecord(
                record.gid(),
                record.state(),
                record.reason(),
                epoch,
                record.coordinator(),
                record.deadline(),
                record.branches());
    }

    @Override
    public TccCall begin(String gid) {
        TxnNames.gid(gid);
        return new TccCall() {
            private Duration timeout = Duration.ofSeconds(10);
            private Duration patience = Duration.ZERO;

            @Override
            public TccCall timeout(Duration newTimeout) {
                if (newTimeout.isZero() || newTimeout.compareTo(Duration.ofHours(1)) > 0) {
                    throw new IllegalArgumentException("timeout was " + newTimeout);
                }
                timeout = newTimeout;
                return this;
            }

            @Override
            public TccCall awaitPhase2(Duration newPatience) {
                patience = newPatience;
                return this;
            }

            @Override
            public <T> Outcome<T> run(TccBody<T> body) throws InterruptedException {
                Branches outer = current.get();
                if (outer != null && fault != T63_RUNS_THE_INNER_BY_ITSELF) {
                    return new Outcome.Joined<>(outer.gid(), body.run(outer));
                }
                Outcome<T> outcome = ToyCoordinator.this.run(gid, timeout, body);
                long end = System.nanoTime() + patience.toNanos();
                while (fault != T64_DOES_NOT_AWAIT
                        && System.nanoTime() < end
                        && log.status(gid)
                                .filter(status -> !status.state().isFinished())
                                .isPresent()) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
                return outcome;
            }

            @Override
            public <T> Outcome<T> run(TccBody<T> body, LocalWork<T> work) throws InterruptedException {
                if (fault != T65_DOES_THE_WORK_APART_FROM_THE_DECISION) {
                    throw new IllegalStateException("the toy's log is in no database");
                }
                return run(body);
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
            current.set(enlisted);
            value = body.run(enlisted);
        } catch (RuntimeException e) {
            if (fault == T54_RECORDS_A_FAILED_BODY) {
                log.decide(abort(gid, "the body failed"));
            }
            throw e;
        } finally {
            current.remove();
        }
        if (fault == T55_WRITES_BEFORE_THE_DECISION) {
            log.finish(List.of(gid));
        }
        TxnRecord transaction = new TxnRecord(
                gid, TxnState.COMMITTING, "", 1, lease.coordinator(), log.now().plus(timeout), enlisted.list);
        Set<TxnBranch> readOnly = ConcurrentHashMap.newKeySet();
        Decision proposed = verdict(transaction, System.nanoTime() + timeout.toNanos(), readOnly);
        return decide(
                fault == T66_CONFIRMS_WHO_ONLY_READ ? transaction : without(transaction, readOnly), proposed, value);
    }

    private static TxnRecord without(TxnRecord record, Set<TxnBranch> branches) {
        return new TxnRecord(
                record.gid(),
                record.state(),
                record.reason(),
                record.epoch(),
                record.coordinator(),
                record.deadline(),
                record.branches().stream()
                        .filter(branch -> !branches.contains(branch))
                        .toList());
    }

    private TxnProposal abort(String gid, String reason) {
        Instant deadline = log.now().plus(TxnProposal.MAX_TIMEOUT);
        return new TxnProposal(gid, Decision.abort(reason), deadline, lease.coordinator(), List.of());
    }

    private <T> Outcome<T> decide(TxnRecord transaction, Decision proposed, T value) throws InterruptedException {
        String gid = transaction.gid();
        boolean interrupted = proposed.reason().equals("interrupted");
        if (fault == T47_CANCELS_BEFORE_IT_DECIDES && !proposed.isCommit() && !interrupted) {
            transaction.branches().forEach(branch -> once(transaction, branch, Operation.CANCEL));
        }
        TxnProposal proposal = new TxnProposal(
                gid, proposed, transaction.deadline(), transaction.coordinator(), transaction.branches());
        TxnRecord standing;
        try {
            standing = log.decide(proposal);
        } catch (TxnException e) {
            if (fault != T48_LEAVES_THE_UNKNOWN_ALONE) {
                settle(proposal.aborting("settled"));
            }
            return new Outcome.Unknown<>(gid, e);
        }
        end(standing, transaction.branches());
        if (interrupted && fault != T51_HIDES_THE_INTERRUPT) {
            throw new InterruptedException(gid);
        }
        if (standing.state().isCommit()) {
            return new Outcome.Committed<>(gid, fault == T41_FORGETS_THE_VALUE ? forgotten() : value);
        }
        return new Outcome.Aborted<>(gid, standing.reason());
    }

    private void end(TxnRecord standing, List<TxnBranch> tried) {
        if (standing.coordinator().equals(lease.coordinator())
                && !standing.state().isFinished()) {
            carryOut(standing);
            if (standing.branches().isEmpty()) {
                finish(standing.gid());
            }
        }
        List<TxnBranch> strays = tried.stream()
                .filter(branch -> standing.branches().stream().noneMatch(decided -> isSame(standing, decided, branch)))
                .toList();
        if (!standing.state().isCommit() || fault != T50_LEAVES_WHAT_A_COMMIT_IS_NOT_ABOUT) {
            carryOut(new TxnRecord(
                    standing.gid(),
                    TxnState.ABORTING,
                    standing.reason(),
                    standing.epoch(),
                    standing.coordinator(),
                    standing.deadline(),
                    strays));
        }
    }

    private boolean isSame(TxnRecord standing, TxnBranch decided, TxnBranch branch) {
        boolean careless = fault == T50_CANCELS_WHAT_WAS_CALLED_WITH_SOMETHING_ELSE;
        if (careless || !standing.state().isCommit()) {
            return decided.equals(branch);
        }
        return decided.id().equals(branch.id());
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T forgotten() {
        return null;
    }

    private Decision verdict(TxnRecord transaction, long end, Set<TxnBranch> readOnly) {
        CompletableFuture<Decision> verdict = new CompletableFuture<>();
        verdicts.put(transaction.gid(), verdict);
        AtomicInteger open = new AtomicInteger(transaction.branches().size());
        Runnable previous = () -> {};
        for (TxnBranch branch : transaction.branches()) {
            Runnable trying = () -> tryUntil(transaction, branch, end, verdict, open, readOnly);
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
            AtomicInteger open,
            Set<TxnBranch> readOnly) {
        while (!verdict.isDone() && System.nanoTime() < end) {
            BranchReply reply = once(transaction, branch, Operation.TRY);
            if (reply instanceof BranchReply.Refused refused) {
                verdict.complete(Decision.abort(fault == T42_FORGETS_THE_REASON ? "no" : refused.reason()));
            } else if (reply != null) {
                if (reply instanceof BranchReply.ReadOnly) {
                    readOnly.add(branch);
                }
                if (open.decrementAndGet() == 0) {
                    verdict.complete(Decision.COMMIT);
                }
                return;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void settle(TxnProposal abort) {
        threads.execute(() -> {
            while (!closed) {
                try {
                    end(log.decide(abort), abort.branches());
                    return;
                } catch (TxnException e) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        });
    }

    private void carryOut(TxnRecord transaction) {
        boolean commit = transaction.state().isCommit();
        Operation operation = commit ? Operation.CONFIRM : Operation.CANCEL;
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
                for (int attempt = 1; !closed && !acknowledged(reply); attempt++) {
                    // The rule about giving up has the other participant silent.
                    boolean first = fault == T45_CONFIRMS_ONE_AFTER_ANOTHER
                            && branch.participant().equals("one");
                    boolean stubborn = fault == T61_NEVER_GIVES_UP || first;
                    if (attempt > MAX_ATTEMPTS && !stubborn) {
                        log.needAttention(transaction.gid(), branch.participant() + " does not answer");
                        return;
                    }
                    reply = once(transaction, branch, operation);
                    LockSupport.parkNanos(acknowledged(reply) ? 0 : PAUSE.toNanos());
                }
                if (acknowledged(reply) && open.decrementAndGet() == 0) {
                    finish(transaction.gid());
                }
            });
        }
        if (fault == T45_CONFIRMS_ONE_AFTER_ANOTHER && commit) {
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
        TxnOrigin origin =
                new TxnOrigin("default", transaction.coordinator(), transaction.epoch(), transaction.deadline());
        try {
            BranchReply reply = endpoint.call(new BranchCall(
                            transaction.gid(),
                            branch.id(),
                            branch.participant(),
                            operation,
                            1,
                            origin,
                            branch.payload(),
                            ""))
                    .toCompletableFuture()
                    .get(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            boolean stale = reply instanceof BranchReply.Refused refused && refused.code() == Code.STALE_EPOCH;
            return stale && fault == T60_RAISES_ITS_EPOCH_BY_ITSELF
                    ? once(with(transaction, transaction.epoch() + 10), branch, operation)
                    : reply;
        } catch (ExecutionException e) {
            boolean deaf = operation == Operation.TRY && fault == T44_TAKES_SILENCE_FOR_A_NO;
            return deaf ? new BranchReply.Refused(Code.BUSINESS, "silence") : null;
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public Optional<TxnStatus> outcome(String gid) {
        if (fault == T58_RESOLVES_WHAT_IS_ASKED_FOR) {
            resolve(gid);
        }
        return log.status(gid);
    }

    @Override
    public TxnStatus resolve(String gid) {
        log.decide(abort(gid, "resolved"));
        return log.status(gid).orElseThrow();
    }

    @Override
    public TxnAdmin admin() {
        return new ToyAdmin(log, fault, abort("any", "any"), this::carryOut);
    }

    @Override
    public InquiryEndpoint inquiries() {
        return inquiry -> CompletableFuture.completedStage(answer(inquiry));
    }

    private InquiryReply answer(Inquiry inquiry) {
        TxnProposal abort = new TxnProposal(
                inquiry.gid(),
                Decision.abort("asked"),
                inquiry.origin().deadline(),
                inquiry.origin().coordinator(),
                List.of());
        Optional<TxnRecord> standing = log.resolve(abort);
        if (standing.isEmpty()) {
            return new InquiryReply.Undecided();
        }
        boolean confirms = standing.get().state().isCommit() && fault == T57_CONFIRMS_EVERY_BRANCH;
        return confirms
                ? new InquiryReply.Confirm(standing.get().epoch())
                : InquiryReply.of(standing.get(), inquiry.branch());
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
        try {
            log.leave(lease.coordinator());
        } catch (TxnException e) {
            // It ends by itself.
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
