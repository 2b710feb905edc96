package io.coordkit.samples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LeaderElection;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.memory.MemoryLocks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The examples of docs/locks.md are those compiled here, and they do what they say. */
class LocksExampleTest {
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    @Test
    void theExamplesShownAreThoseCompiledHere() throws Exception {
        List<String> shown = ShownCode.in(Path.of("../docs/locks.md"));
        List<String> marks = List.of("shared", "election", "admin");
        assertThat(shown).hasSameSizeAs(marks);
        for (int i = 0; i < marks.size(); i++) {
            ShownCode.requireCompiled(shown.get(i), "LocksExample.java", marks.get(i));
        }
    }

    @Test
    void theExamplesRun() throws Exception {
        try (LockClient locks = MemoryLocks.create().connect()) {
            LocksExample.shared(locks, done::add);
            assertThat(done).hasSize(4);
            done.clear();
            LeaderElection election = LocksExample.election(locks, done::add);
            assertThat(done.poll(20, TimeUnit.SECONDS)).startsWith("leading with token ");
            election.close();
            try (Hold hold = locks.mutex("sku:4711").acquire(Duration.ofSeconds(20))) {
                LocksExample.admin(locks, done::add);
                assertThat(done.poll()).startsWith("sku:4711 is held by ");
                assertThat(done.poll()).isEqualTo("free soon");
                assertThat(hold.isHeld()).as("until it is renewed next").isTrue();
            }
        }
    }
}
