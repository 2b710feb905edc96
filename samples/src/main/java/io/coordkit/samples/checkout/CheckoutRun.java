package io.coordkit.samples.checkout;

import io.coordkit.samples.data.OrderFile;
import io.coordkit.samples.service.StartupException;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One run: read the file, place the orders, check the ledger. Not thread-safe. */
final class CheckoutRun {
    private static final int KILL_AT_PERCENT = 40;
    private static final int BREACHES_SHOWN = 100;

    private final OrderClient client;
    private final Path orders;
    private final int concurrency;
    private final Duration drain;
    private final Optional<EmbeddedServices> services;
    private final PrintStream out = System.out;
    private boolean killInventory;

    CheckoutRun(OrderClient client, Path orders, int concurrency, Duration drain, Optional<EmbeddedServices> services) {
        this.client = client;
        this.orders = orders;
        this.concurrency = concurrency;
        this.drain = drain;
        this.services = services;
    }

    /** Has inventory killed in mid-run, and started again. */
    void killInventory() {
        killInventory = true;
    }

    /** The exit code: 0 if the ledger balances, 1 if not. */
    int run() throws InterruptedException {
        OrderFile.Content content = OrderFile.read(orders, client.catalogue().keySet());
        content.rejected()
                .forEach(line -> System.err.println(
                        orders.getFileName() + ":" + line.lineNumber() + ": rejected: " + line.why()));
        Map<String, OrderFile.Order> wanted = content.orders();
        Tally tally = new Tally();
        long began = System.nanoTime();
        place(wanted, tally);
        double seconds = (System.nanoTime() - began) / 1e9;
        out.printf(
                Locale.ROOT,
                "%,d orders in %.1f s: %s%n",
                wanted.size(),
                seconds,
                tally.summary(content.rejected().size()));
        return check(wanted, tally);
    }

    private void place(Map<String, OrderFile.Order> wanted, Tally tally) throws InterruptedException {
        CompletableFuture<Void> kill = new CompletableFuture<>();
        int killAt = killInventory ? Math.max(1, wanted.size() * KILL_AT_PERCENT / 100) : 0;
        try (ProgressLine line = ProgressLine.start("Placing", wanted.size(), out)) {
            Placing placing = new Placing(
                    client,
                    () -> services.map(EmbeddedServices::orderIsAlive).orElse(true),
                    tally,
                    done -> {
                        line.step();
                        if (done == killAt) {
                            new Thread(() -> killAndRestart(done, wanted.size(), line, kill), "killer").start();
                        }
                    },
                    wanted.values());
            placing.run(concurrency);
            if (killAt > 0 && !wanted.isEmpty()) {
                kill.join();
            }
        } catch (CompletionException e) {
            throw new StartupException("inventory did not come back: " + e.getMessage(), e);
        }
    }

    private void killAndRestart(int done, int all, ProgressLine line, CompletableFuture<Void> end) {
        EmbeddedServices embedded = services.orElseThrow();
        try {
            long pid = embedded.killInventory();
            line.say(String.format(
                    Locale.ROOT, "Killed inventory (kill -9, process %d) after %,d of %,d orders", pid, done, all));
            embedded.restartInventory();
            line.say("Inventory runs again, on the same port and data");
            end.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end.completeExceptionally(e);
        } catch (RuntimeException e) {
            end.completeExceptionally(e);
        }
    }

    private int check(Map<String, OrderFile.Order> wanted, Tally tally) {
        Snapshot snapshot;
        try {
            snapshot = client.audit(drain);
        } catch (StatusRuntimeException e) {
            out.println("Ledger breach: it cannot be read, for the order service does not answer ("
                    + OrderClient.why(e) + "); " + tally.unansweredOrders()
                    + " orders are without an answer. Run again on the same data");
            return 1;
        }
        out.println();
        LedgerReport.table(snapshot).forEach(out::println);
        out.println();
        List<String> breaches = Ledger.breaches(snapshot, wanted.keySet());
        if (breaches.isEmpty()) {
            out.println(LedgerReport.balanced(snapshot));
            return 0;
        }
        if (breaches.size() > BREACHES_SHOWN) {
            out.println("Ledger has " + breaches.size() + " breaches; the first " + BREACHES_SHOWN + ":");
        }
        breaches.stream().limit(BREACHES_SHOWN).forEach(breach -> out.println("Ledger breach: " + breach));
        return 1;
    }
}
