package io.coordkit.samples.checkout;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on a terminal; in a log, a line every few seconds. Thread-safe. */
final class ProgressLine implements AutoCloseable {
    private static final int TERMINAL_INTERVAL_MILLIS = 200;
    private static final int LOG_INTERVAL_MILLIS = 3_000;
    /** Set by the launcher, which knows; Java 17 and 22 disagree on how to ask. */
    private static final String TERMINAL = "coordkit.samples.terminal";

    private static final int WIDTH = 100;

    private final ProgressBar bar;
    private final boolean terminal;
    private final PrintStream out;

    private ProgressLine(ProgressBar bar, boolean terminal, PrintStream out) {
        this.bar = bar;
        this.terminal = terminal;
        this.out = out;
    }

    static ProgressLine start(String task, int max, PrintStream out) {
        boolean terminal = Boolean.getBoolean(TERMINAL);
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(max)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(terminal ? TERMINAL_INTERVAL_MILLIS : LOG_INTERVAL_MILLIS)
                .setConsumer(
                        terminal
                                ? new ConsoleProgressBarConsumer(out, WIDTH)
                                : new DelegatingProgressBarConsumer(out::println, WIDTH))
                .build();
        return new ProgressLine(bar, terminal, out);
    }

    void step() {
        bar.step();
    }

    /** Prints a line of its own, above the bar. */
    void say(String line) {
        out.println(terminal ? "\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())) : line);
    }

    @Override
    public void close() {
        bar.close();
    }
}
