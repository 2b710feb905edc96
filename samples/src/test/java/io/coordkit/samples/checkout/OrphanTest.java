package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed checkout leaves behind does not stand in the way of the next. */
class OrphanTest {
    @TempDir
    private Path data = Path.of("unset");

    private PidFile pidFile(String name) {
        return new PidFile(data.resolve(name + ".pid"), data);
    }

    private long killCheckoutInMidRun(Path orders) throws InterruptedException {
        Path log = data.resolve("order.log");
        long before = Launched.lines(log).size();
        Launched killed = Launched.checkout(data, data, orders);
        Launched.await(() -> !killed.isAlive() || Launched.lines(log).size() > before + 50);
        killed.kill();
        return pidFile("redis").process().orElseThrow().pid();
    }

    @Test
    void orphanedRedis_isAdopted_andItsServicesReplaced() throws InterruptedException {
        Path orders = Orders.file(data, "A", 300);
        long redis = killCheckoutInMidRun(orders);
        assertThat(ProcessHandle.of(redis)).as("outlives its parent").isPresent();

        try (Launched next = Launched.checkout(data, data, orders)) {
            assertThat(next.assertBalanced()).anyMatch(line -> line.startsWith("Redis adopted on port "));
        }

        assertThat(pidFile("redis").read()).as("ended in the end").isEmpty();
        assertThat(ProcessHandle.of(redis).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void orphanedRedisThatDoesNotAnswer_isReplaced() throws Exception {
        Path orders = Orders.file(data, "B", 300);
        long redis = killCheckoutInMidRun(orders);
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(redis))
                        .start()
                        .waitFor())
                .isZero();

        try (Launched next = Launched.checkout(data, data, orders)) {
            assertThat(next.assertBalanced()).anyMatch(line -> line.startsWith("Redis started on port "));
        }

        assertThat(ProcessHandle.of(redis).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void processThatIsNotOurs_isLeftAlone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "300").start();
        try {
            pidFile("redis").write(stranger.pid(), 1);
            pidFile("order").write(stranger.pid(), 1);

            try (Launched checkout = Launched.checkout(data, data, Orders.file(data, "C", 20))) {
                checkout.assertBalanced();
            }

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }
}
