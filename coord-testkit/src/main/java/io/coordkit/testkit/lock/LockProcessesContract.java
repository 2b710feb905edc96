package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.lock.LockJournal.Kind;
import io.coordkit.testkit.lock.LockJournal.Line;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a lock backend must keep among processes that share nothing but the store: JVMs of their own, which open their
 * clients by URI, and one of which is killed while it holds.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class LockProcessesContract {
    private static final int ENTRIES = 20;
    private static final Duration POLL = Duration.ofMillis(5);

    @TempDir
    private Path directory;

    private final String name = "processes:" + UUID.randomUUID();
    private final List<ContenderProcess> processes = new ArrayList<>();

    /** Where the store is, as {@link io.coordkit.lock.Locks#open(String)} wants it. */
    protected abstract String uri();

    /** The TTL of the processes' clients. */
    protected Duration ttl() {
        return Duration.ofSeconds(3);
    }

    /** How long the test waits for what must come: JVMs start slowly on a busy machine. */
    protected Duration patience() {
        return Duration.ofMinutes(2);
    }

    @AfterEach
    void endAll() {
        processes.forEach(ContenderProcess::close);
    }

    @Test
    void L36_processesExcludeEachOtherAndOutliveOneThatIsKilled() throws Exception {
        LockJournal journal = new LockJournal(directory.resolve("journal"));
        ContenderProcess victim = start();
        List<ContenderProcess> survivors = List.of(start(), start());
        await("all have had it", () -> processes.stream().allMatch(each -> journal.entries(each.pid()) >= ENTRIES));

        victim.stay();
        await("one keeps it", () -> journal.stays(victim.pid()));
        victim.kill();
        long killedAt = System.nanoTime();
        int before = journal.lines().size();
        await("another has it", () -> journal.lines().size() > before);
        Duration took = Duration.ofNanos(System.nanoTime() - killedAt);
        System.out.println("L36: " + uri().replaceAll(":.*", "") + ": in " + took.toMillis()
                + " ms after the death of a process with TTL " + ttl());
        assertThat(took).as("twice the TTL, five times over").isLessThan(ttl().multipliedBy(2 * 5));

        List<Long> soFar = entriesOf(journal, survivors);
        await("both go on", () -> {
            List<Long> now = entriesOf(journal, survivors);
            return now.get(0) >= soFar.get(0) + ENTRIES && now.get(1) >= soFar.get(1) + ENTRIES;
        });
        for (ContenderProcess survivor : survivors) {
            assertThat(survivor.end(patience())).as(survivor.said()).isZero();
        }
        List<Line> lines = journal.lines();
        assertThat(LockJournal.overlaps(lines, victim.pid())).isEmpty();
        assertThat(LockJournal.tokens(lines))
                .as("tokens in the order of the entries")
                .isSorted()
                .doesNotHaveDuplicates();
        System.out.println("L36: " + LockJournal.tokens(lines).size() + " entries of three processes, "
                + lines.stream().filter(line -> line.kind() == Kind.LOST).count() + " reported lost");
    }

    private ContenderProcess start() {
        ContenderProcess process = ContenderProcess.start(
                directory.resolve("output-" + processes.size()),
                uri(),
                ttl().toString(),
                name,
                directory.resolve("journal").toString());
        processes.add(process);
        return process;
    }

    private static List<Long> entriesOf(LockJournal journal, List<ContenderProcess> some) {
        return some.stream().map(each -> journal.entries(each.pid())).toList();
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + patience().toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + patience() + ": " + what + "; "
                        + processes.stream().map(ContenderProcess::said).toList());
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }
}
