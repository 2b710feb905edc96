package io.coordkit.samples.service;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a service has opened, closed newest first: when it fails to start, and when it is told to end by a signal or by
 * the end of its parent. Thread-safe.
 */
public final class Lifetime implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lifetime.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Takes charge of closing that part. */
    public <T extends AutoCloseable> T owns(T part) {
        synchronized (opened) {
            opened.push(part);
        }
        return part;
    }

    /**
     * Serves until the process is told to end.
     *
     * @param untilInputEnds whether the end of standard input, which is the end of the parent, is such a signal
     */
    public void serve(GrpcServer server, boolean untilInputEnds) throws InterruptedException {
        owns(server);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "shutdown"));
        if (untilInputEnds) {
            Thread watch = new Thread(Lifetime::exitAtEndOfInput, "parent-watch");
            watch.setDaemon(true);
            watch.start();
        }
        server.await();
    }

    private static void exitAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // The parent sends nothing; only the end matters.
            }
        } catch (IOException e) {
            log.info("Standard input failed; the parent is taken to have ended", e);
        }
        System.exit(0);
    }

    @Override
    public void close() {
        while (true) {
            AutoCloseable part;
            synchronized (opened) {
                part = opened.poll();
            }
            if (part == null) {
                return;
            }
            try {
                part.close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                log.warn("Could not close {}", part, e);
            }
        }
    }
}
