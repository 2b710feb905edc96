package io.coordkit.testkit.txn;

import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.BranchReply.Code;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A participant in memory that keeps the guard's rules, remembers every call, and does instead what a test's script
 * says. Thread-safe.
 */
final class ScriptedParticipant implements BranchEndpoint {
    /** What is done instead of the participant's own answer; empty to leave it at that. */
    @FunctionalInterface
    interface Script extends Function<BranchCall, Optional<CompletionStage<BranchReply>>> {}

    private final Map<String, Operation> states = new HashMap<>();
    private final Map<String, Long> epochs = new HashMap<>();
    private final List<BranchCall> calls = new ArrayList<>();
    private final List<BranchCall> effects = new ArrayList<>();
    private volatile Script script = call -> Optional.empty();

    void script(Script newScript) {
        script = newScript;
    }

    /** From now on it answers by itself. */
    void behave() {
        script = call -> Optional.empty();
    }

    static Optional<CompletionStage<BranchReply>> noAnswer() {
        return Optional.of(CompletableFuture.failedStage(new IllegalStateException("the wire is cut")));
    }

    static Optional<CompletionStage<BranchReply>> never() {
        return Optional.of(new CompletableFuture<>());
    }

    static Optional<CompletionStage<BranchReply>> refusal(Code code, String reason) {
        return Optional.of(CompletableFuture.completedStage(new BranchReply.Refused(code, reason)));
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        synchronized (this) {
            calls.add(call);
        }
        return script.apply(call).orElseGet(() -> CompletableFuture.completedStage(answer(call)));
    }

    /** What the guard's rules say. */
    synchronized BranchReply answer(BranchCall call) {
        String key = call.gid() + " " + call.branch();
        if (epochs.merge(key, call.epoch(), Math::max) > call.epoch()) {
            return new BranchReply.Refused(Code.STALE_EPOCH, call.toString());
        }
        Operation last = states.get(key);
        boolean wrong = switch (call.operation()) {
            case TRY, CAN_COMMIT -> last == Operation.CANCEL;
            case PRE_COMMIT, CONFIRM -> last == null || last == Operation.CANCEL;
            case CANCEL -> last == Operation.CONFIRM;
        };
        if (wrong) {
            boolean late = call.operation() == Operation.TRY || call.operation() == Operation.CAN_COMMIT;
            return new BranchReply.Refused(late ? Code.LATE_TRY : Code.WRONG_STATE, call.toString());
        }
        if (last == null || last.compareTo(call.operation()) < 0) {
            states.put(key, call.operation());
            effects.add(call);
        }
        return new BranchReply.Done();
    }

    /** Asks about everything that is reserved, as a participant does whose reservations have become old. */
    void inquire(InquiryEndpoint inquiries) {
        for (BranchCall tried : reserved()) {
            InquiryReply reply = inquiries
                    .ask(new Inquiry(tried.gid(), tried.branch(), tried.origin()))
                    .toCompletableFuture()
                    .join();
            if (reply instanceof InquiryReply.Confirm confirm) {
                answer(ending(tried, Operation.CONFIRM, confirm.epoch(), ""));
            } else if (reply instanceof InquiryReply.Cancel cancel) {
                answer(ending(tried, Operation.CANCEL, cancel.epoch(), cancel.reason()));
            }
        }
    }

    private synchronized List<BranchCall> reserved() {
        return effects.stream()
                .filter(call -> isOpen(states.get(call.gid() + " " + call.branch())))
                .toList();
    }

    private static boolean isOpen(@Nullable Operation last) {
        return last != null && last != Operation.CONFIRM && last != Operation.CANCEL;
    }

    private static BranchCall ending(BranchCall tried, Operation operation, long epoch, String reason) {
        TxnOrigin origin = new TxnOrigin(
                tried.origin().home(), tried.origin().coordinator(), Math.max(epoch, tried.epoch()), tried.deadline());
        return new BranchCall(
                tried.gid(), tried.branch(), tried.participant(), operation, 1, origin, tried.payload(), reason);
    }

    /** How many calls of that kind came in. */
    synchronized long deliveries(String gid, Operation operation) {
        return count(calls, gid, operation);
    }

    /** How many calls of that kind took effect; a cancel without its try counts as one. */
    synchronized long effects(String gid, Operation operation) {
        return count(effects, gid, operation);
    }

    /** The highest epoch that came with a call of that kind; 0 if none came. */
    synchronized long epoch(String gid, Operation operation) {
        return calls.stream()
                .filter(call -> call.gid().equals(gid) && call.operation() == operation)
                .mapToLong(BranchCall::epoch)
                .max()
                .orElse(0);
    }

    /** Whether something was reserved and neither confirmed nor cancelled. */
    synchronized boolean holdsReservation() {
        return states.values().stream().anyMatch(ScriptedParticipant::isOpen);
    }

    private static long count(List<BranchCall> list, String gid, Operation operation) {
        return list.stream()
                .filter(call -> call.gid().equals(gid) && call.operation() == operation)
                .count();
    }
}
