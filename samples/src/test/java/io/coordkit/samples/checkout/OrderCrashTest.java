package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills the order service in the middle of its work, again and again, each time a little later. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class OrderCrashTest {
    private static final int ROUNDS = 20;
    private static final int ORDERS = 200;
    private static final Pattern RECOVERY = Pattern.compile("Recovery: ([0-9]+) unfinished");

    @TempDir
    private Path directory = Path.of("unset");

    @Test
    void killedOrderService_recovers_andTheLedgerBalances() throws Exception {
        // Two at a time: a round waits for processes to start more than it computes.
        ExecutorService rounds = Executors.newFixedThreadPool(2);
        List<Integer> unfinished = new ArrayList<>();
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                int number = round;
                results.add(rounds.submit(() -> round(number)));
            }
            for (Future<Integer> result : results) {
                unfinished.add(result.get());
            }
        } finally {
            rounds.shutdownNow();
        }

        System.out.println("Unfinished transactions found at each restart: " + unfinished);
        assertThat(unfinished.stream().filter(count -> count > 0).count())
                .as("restarts that found something unfinished, of %s", unfinished)
                .isGreaterThanOrEqualTo(15);
    }

    private int round(int round) throws Exception {
        Path data = Files.createDirectory(directory.resolve("round-" + round));
        Path orders = Orders.file(data, "R" + round, ORDERS);
        Path log = data.resolve("order.log");
        int killAfter = 5 + round * (ORDERS / 2) / ROUNDS; // well before the end
        try (Launched first = Launched.checkout(data, data, orders)) {
            Launched.await(() -> !first.isAlive() || began(log) >= killAfter);
            ProcessHandle order =
                    new PidFile(data.resolve("order.pid"), data).process().orElseThrow();
            order.destroyForcibly();
            assertThat(first.exit()).as("%s", first.out()).isEqualTo(1);
            assertThat(first.out().get(first.out().size() - 1)).startsWith("Ledger breach: ");
        }
        try (Launched second = Launched.checkout(data, data, orders)) {
            second.assertBalanced();
        }
        return recovered(log);
    }

    private static long began(Path log) {
        return Launched.lines(log).stream()
                .filter(line -> line.contains(" began "))
                .count();
    }

    /** What the last start found. */
    private static int recovered(Path log) {
        int last = -1;
        for (String line : Launched.lines(log)) {
            Matcher matcher = RECOVERY.matcher(line);
            if (matcher.find()) {
                last = Integer.parseInt(matcher.group(1));
            }
        }
        assertThat(last).as("a line about recovery in %s", log).isNotNegative();
        return last;
    }
}
