package io.coordkit.testkit.txn;

import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.BranchReply.Code;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A participant whose database is a map, with one fault in its guard. */
final class MemoryParticipant implements BranchEndpoint {
    /** The guard's row: the last operation, and by whom about what. */
    private record Row(Operation last, long epoch, BranchCall call) {
        String hash() {
            return call.payload().sha256();
        }
    }

    private static final int CROWD = 3;
    private static final Duration TTL = Duration.ofMillis(300);

    private final GuardFault fault;
    private final BooleanSupplier mustFail;
    private final Map<String, Row> rows = new HashMap<>();
    private final Map<String, Integer> effects = new HashMap<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final InquiryEndpoint inquiries;
    private final SystemScheduler scheduler = new SystemScheduler("memory-participant");

    MemoryParticipant(GuardFault fault, BooleanSupplier mustFail, InquiryEndpoint inquiries) {
        this.fault = fault;
        this.mustFail = mustFail;
        this.inquiries = inquiries;
    }

    @Override
    public void close() {
        scheduler.close();
    }

    private void inquireLater(BranchCall call) {
        scheduler.schedule(TTL, () -> {
            Operation last = last(call);
            if (last == Operation.TRY || fault == GuardFault.T34_ASKS_ABOUT_WHAT_IS_ENDED) {
                inquireLater(call);
                inquiries
                        .ask(new Inquiry(call.gid(), call.branch(), told(call.origin())))
                        .whenComplete((reply, failure) -> told(call, reply, failure));
            }
        });
    }

    private TxnOrigin told(TxnOrigin origin) {
        long epoch = fault == GuardFault.T33_ASKS_WITH_ANOTHER_EPOCH ? origin.epoch() + 1 : origin.epoch();
        return new TxnOrigin(origin.home(), origin.coordinator(), epoch, origin.deadline());
    }

    private synchronized @Nullable Operation last(BranchCall call) {
        Row row = rows.get(key(call.gid(), call.branch()));
        return row == null ? null : row.last();
    }

    private void told(BranchCall call, @Nullable InquiryReply reply, @Nullable Throwable failure) {
        if (failure != null && fault == GuardFault.T32_TAKES_SILENCE_FOR_A_NO) {
            end(call, Operation.CANCEL, 1);
        } else if (reply instanceof InquiryReply.Confirm confirm) {
            boolean inverted = fault == GuardFault.T31_CANCELS_WHATEVER_IT_IS_TOLD;
            end(call, inverted ? Operation.CANCEL : Operation.CONFIRM, confirm.epoch());
        } else if (reply instanceof InquiryReply.Cancel cancel) {
            end(call, Operation.CANCEL, cancel.epoch());
        }
    }

    private void end(BranchCall call, Operation operation, long epoch) {
        TxnOrigin origin = new TxnOrigin("home", "coordinator/1", Math.max(epoch, call.epoch()), call.deadline());
        answer(new BranchCall(
                call.gid(), call.branch(), call.participant(), operation, 1, origin, call.payload(), "told"));
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        boolean crowded = inside.incrementAndGet() > CROWD;
        try {
            if (fault == GuardFault.T30_GIVES_UP_UNDER_CONTENTION && contended(call)) {
                giveUpIf(crowded);
            }
            BranchReply reply = answer(call);
            if (call.operation() == Operation.TRY) {
                inquireLater(call);
            }
            return CompletableFuture.completedStage(reply);
        } catch (IllegalStateException e) {
            return CompletableFuture.failedStage(e);
        } finally {
            inside.decrementAndGet();
        }
    }

    private void giveUpIf(boolean crowded) {
        if (crowded) {
            throw new IllegalStateException("deadlock found, try restarting transaction");
        }
        // Stay long enough for others to come in.
        LockSupport.parkNanos(this, 2_000_000);
    }

    synchronized int effects(String gid, String branch, Operation operation) {
        return effects.getOrDefault(key(gid, branch) + operation, 0);
    }

    private synchronized BranchReply answer(BranchCall call) {
        String key = key(call.gid(), call.branch());
        Row row = rows.get(key);
        if (row != null && call.epoch() < row.epoch() && fault != GuardFault.T26_IGNORES_THE_EPOCH) {
            return refused(Code.STALE_EPOCH, call);
        }
        if (row != null && !row.hash().equals(call.payload().sha256()) && fault != GuardFault.T25_IGNORES_THE_PAYLOAD) {
            return refused(Code.PAYLOAD_MISMATCH, call);
        }
        Operation last = row == null ? null : row.last();
        return switch (call.operation()) {
            case CAN_COMMIT, PRE_COMMIT -> refused(Code.UNSUPPORTED, call);
            case TRY -> {
                if (last == Operation.CANCEL) {
                    yield refused(Code.LATE_TRY, call);
                }
                yield last == null ? run(key, call) : keep(key, call, last);
            }
            case CONFIRM -> {
                boolean untried = last == null && fault != GuardFault.T24_CONFIRMS_WITHOUT_TRY;
                if (untried || last == Operation.CANCEL) {
                    yield refused(Code.WRONG_STATE, call);
                }
                boolean again = last == Operation.CONFIRM && fault != GuardFault.T21_CONFIRMS_AGAIN;
                yield again ? keep(key, call, Operation.CONFIRM) : run(key, call);
            }
            case CANCEL -> {
                if (last == Operation.CONFIRM) {
                    yield refused(Code.WRONG_STATE, call);
                }
                boolean blind = fault == GuardFault.T22_RUNS_THE_EMPTY_CANCEL && !contended(call);
                boolean effective = last == Operation.TRY || blind;
                yield effective && last != Operation.CANCEL ? run(key, call) : keep(key, call, Operation.CANCEL);
            }
        };
    }

    private BranchReply run(String key, BranchCall call) {
        String payload = new String(call.payload().toByteArray(), StandardCharsets.UTF_8);
        boolean no = call.operation() == Operation.TRY && payload.startsWith(ParticipantContract.REFUSE);
        if (no) {
            if (fault == GuardFault.T27_REMEMBERS_THE_REFUSED) {
                keep(key, call, Operation.TRY);
            }
            return new BranchReply.Refused(Code.BUSINESS, payload.substring(ParticipantContract.REFUSE.length()));
        }
        if (mustFail.getAsBoolean()) {
            if (fault == GuardFault.T28_KEEPS_THE_EFFECT_OF_A_FAILURE) {
                effects.merge(key + call.operation(), 1, Integer::sum);
            }
            throw new IllegalStateException("business failed, as asked");
        }
        effects.merge(key + call.operation(), 1, Integer::sum);
        boolean forgets = fault == GuardFault.T23_FORGETS_ON_CANCEL && call.operation() == Operation.CANCEL;
        if (forgets && !contended(call)) {
            rows.remove(key);
            return new BranchReply.Done();
        }
        return keep(key, call, call.operation());
    }

    private BranchReply keep(String key, BranchCall call, Operation operation) {
        rows.put(key, new Row(operation, call.epoch(), call));
        return new BranchReply.Done();
    }

    /** Whether that call comes from the rule about contention, which faults of other rules must not break. */
    private static boolean contended(BranchCall call) {
        return call.branch().startsWith("branch-");
    }

    private static BranchReply refused(Code code, BranchCall call) {
        return new BranchReply.Refused(code, call.toString());
    }

    private String key(String gid, String branch) {
        String key = gid + " " + branch + " ";
        return fault == GuardFault.T29_IGNORES_CASE ? key.toLowerCase(Locale.ROOT) : key;
    }
}
