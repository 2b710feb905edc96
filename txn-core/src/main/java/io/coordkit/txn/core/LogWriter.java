package io.coordkit.txn.core;

import io.coordkit.txn.TxnException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches a log's files and state. Everything that is asked of the log passes through it, in order;
 * what has come by the time it gets there is answered together, after one write and at most one force (group commit; D.
 * DeWitt et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984). So nobody is told of what
 * is not on disk, readers neither.
 *
 * <p>Callers wait for it through interrupts, which are kept for later; nobody has the thread itself to interrupt.
 * Thread-safe.
 */
final class LogWriter implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(LogWriter.class);
    private static final long CLOSE_SECONDS = 10;

    /** What it works on, and closes in the end. */
    record Work(LogDisk disk, Segments segments, LogState state, LogLeases leases, LogClock clock)
            implements Closeable {
        @Override
        public void close() throws IOException {
            try {
                segments.close(clock.millis());
            } finally {
                disk.close();
            }
        }
    }

    /** Opens that. */
    @FunctionalInterface
    interface Opening {
        Work open() throws IOException;
    }

    private final BlockingQueue<LogRequest<?>> queue = new LinkedBlockingQueue<>();
    private final CompletableFuture<Work> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final LogRequest<?> last = new LogRequest<>("closing", false, () -> this);
    private volatile boolean closed;

    private LogWriter() {}

    /**
     * A writer on what is opened by its own thread.
     *
     * @throws IOException if that fails, like any exception of the opening
     */
    static LogWriter start(Opening opening) throws IOException {
        LogWriter writer = new LogWriter();
        Thread thread = new Thread(() -> writer.run(opening), "coordkit-txn-log");
        thread.setDaemon(true);
        thread.start();
        try {
            writer.opened.join();
            return writer;
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    Work work() {
        return opened.join();
    }

    /**
     * Has that asked on the writer's thread, and waits until everything it read or wrote is on disk.
     *
     * @param decision whether it is a decision, which others may be about to make as well
     * @throws TxnException if it may or may not have been written, or the log is closed
     */
    <T> T ask(String what, boolean decision, Supplier<T> question) {
        LogRequest<T> request = new LogRequest<>(what, decision, question);
        if (closed) {
            request.fail("it is closed", null);
        } else {
            queue.add(request);
            if (ended.isDone() && queue.remove(request)) {
                request.fail("it is closed", null);
            }
        }
        return request.await();
    }

    private void run(Opening opening) {
        try (Work work = opening.open()) {
            opened.complete(work);
            answerUntilClosed(work);
        } catch (IOException | RuntimeException e) {
            if (!opened.completeExceptionally(e)) {
                logger.warn("The transaction log did not close well; what was acknowledged is on disk", e);
            }
        } finally {
            ended.complete(null);
            opened.completeExceptionally(
                    new IllegalStateException("The transaction log's thread died as it opened it"));
            failAll(queue);
        }
    }

    private void answerUntilClosed(Work work) {
        List<LogRequest<?>> together = new ArrayList<>();
        Gathering gathering = new Gathering(queue, last);
        try {
            while (!together.contains(last)) {
                together.clear();
                gathering.gather(work.state(), together);
                long start = System.nanoTime();
                write(work, together);
                gathering.took(System.nanoTime() - start, together);
            }
        } finally {
            failAll(together);
        }
    }

    private static void write(Work work, List<LogRequest<?>> together) {
        LogState state = work.state();
        try {
            if (state.isChanged()) {
                long millis = Math.max(work.clock().millis(), work.leases().lastStart());
                work.segments().append(state.changes(), state.mustForce(), millis, state::find);
            }
            state.keepChanges();
            together.forEach(LogRequest::answer);
        } catch (IOException | RuntimeException e) {
            state.takeBackChanges();
            logger.warn(
                    "The transaction log in {} could not write, {} calls are not answered; it tries again with the next: {}",
                    work.disk().place(),
                    together.size(),
                    e.toString());
            together.forEach(request -> request.fail(String.valueOf(e.getMessage()), e));
        }
    }

    /** Whoever has an answer keeps it. */
    private static void failAll(Iterable<LogRequest<?>> requests) {
        requests.forEach(request -> request.fail("it is closed", null));
    }

    /** Answers what has been asked, and ends; waits for that through interrupts, for at most 10 s. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            queue.add(last);
        }
        try {
            ended.copy().orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            logger.warn(
                    "The transaction log has not closed within {} s; its thread ends when the disk answers",
                    CLOSE_SECONDS);
        }
    }
}
