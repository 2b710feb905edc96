package io.coordkit.txn.core;

import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers participants from a log, with or without a coordinator beside it.
 *
 * <p>A transaction that is not decided is aborted as soon as its deadline has passed or its coordinator has lost its
 * place; the ABORT is durable before the answer is given, so whoever began it cannot commit any more. Thread-safe.
 */
public final class LogInquiries implements InquiryEndpoint {
    private static final String REASON = "its coordinator was gone, or its deadline over, before the decision";

    private static final int THREADS = 2;

    private final TxnLog log;
    private final Executor threads;
    private final Runnable onClose;

    private LogInquiries(TxnLog log, Executor threads, Runnable onClose) {
        this.log = log;
        this.threads = threads;
        this.onClose = onClose;
    }

    /** Answers from that log, which the caller closes, on two threads that end when this is closed. */
    public static InquiryEndpoint on(TxnLog log) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "coordkit-inquiry-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        return new LogInquiries(log, threads, threads::shutdown);
    }

    /**
     * Answers from that log on the caller's threads, both of which the caller closes.
     *
     * @param threads which the log may block, and nobody interrupts
     */
    public static InquiryEndpoint on(TxnLog log, Executor threads) {
        return new LogInquiries(log, threads, () -> {});
    }

    @Override
    public void close() {
        onClose.run();
    }

    @Override
    public CompletionStage<InquiryReply> ask(Inquiry inquiry) {
        return CompletableFuture.supplyAsync(() -> answer(inquiry), threads);
    }

    private InquiryReply answer(Inquiry inquiry) {
        TxnProposal abort = new TxnProposal(
                inquiry.gid(),
                Decision.abort(REASON),
                inquiry.origin().deadline(),
                inquiry.origin().coordinator(),
                List.of());
        return log.resolve(abort)
                .map(transaction -> InquiryReply.of(transaction, inquiry.branch()))
                .orElseGet(InquiryReply.Undecided::new);
    }
}
