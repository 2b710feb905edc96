package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.Crowd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every id generator must keep; the rules stand in {@code docs/contract.md}. A generator's test extends this class
 * and says how to open one.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class IdGeneratorContract {
    private static final int THREADS = 8;
    private static final int MANY = 20_000;
    private static final int SOME = 2_000;
    private static final int HAND_OVERS = 200;
    private static final int BATCH = 777;

    private final List<IdGenerator> opened = new ArrayList<>();
    private final String tag = "contract:" + UUID.randomUUID();

    /** A new generator for that tag, ready to issue ids; this class closes it. */
    protected abstract IdGenerator open(String tag);

    /** How its ids are ordered; strictly, unless overridden. What is not promised is not tested. */
    protected IdOrder order() {
        return IdOrder.STRICT;
    }

    private IdGenerator generator() {
        IdGenerator generator = open(tag);
        opened.add(generator);
        return generator;
    }

    private void noteUnlessPromised(boolean promised, IdOrder order, String rule) {
        if (!promised) {
            Conformance.notPromised(getClass(), order, rule);
        }
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(IdGenerator::close);
    }

    @Test
    final void I1_everyIdIsPositive() {
        IdGenerator generator = generator();

        assertThat(Arrays.stream(take(generator, SOME))).allMatch(id -> id > 0);
        assertThat(Arrays.stream(fill(generator, BATCH))).allMatch(id -> id > 0);
    }

    @Test
    final void I2_noIdRepeatsAmongManyThreads() throws Exception {
        IdGenerator generator = generator();
        Callable<long[]> task = () -> take(generator, MANY);

        assertThat(duplicates(Crowd.run(Collections.nCopies(THREADS, task)))).isEmpty();
    }

    @Test
    final void I3_idsAscendInEachThread() throws Exception {
        IdGenerator generator = generator();
        Callable<long[]> task = () -> take(generator, SOME);

        assertThat(Crowd.run(Collections.nCopies(THREADS, task))).allSatisfy(ids -> {
            assertThat(ids).doesNotHaveDuplicates();
            if (order() != IdOrder.NONE) {
                assertAscending(ids);
            }
        });
        noteUnlessPromised(order() != IdOrder.NONE, IdOrder.IN_EACH_THREAD, "I3");
    }

    @Test
    final void I4_idAskedForAfterAnotherIsGreater_fromOneThreadToTheNext() throws Exception {
        IdGenerator generator = generator();
        long[] ids = new long[HAND_OVERS];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Crowd.alone(generator::next);
        }

        assertThat(ids).doesNotHaveDuplicates();
        if (order() == IdOrder.STRICT) {
            assertAscending(ids);
        }
        noteUnlessPromised(order() == IdOrder.STRICT, IdOrder.STRICT, "I4");
    }

    @Test
    final void I5_filledIdsAscendAndAreSharedWithNobody() throws Exception {
        IdGenerator generator = generator();
        List<Callable<long[]>> tasks =
                List.of(() -> fill(generator, 2 * MANY), () -> fill(generator, BATCH), () -> take(generator, SOME));
        List<long[]> all = new ArrayList<>(Crowd.run(tasks));
        all.add(fill(generator, 1));
        all.add(take(generator, 1));
        all.add(fill(generator, 0));

        if (order() != IdOrder.NONE) {
            assertAscending(all.get(0));
            assertAscending(all.get(1));
        }
        noteUnlessPromised(order() != IdOrder.NONE, IdOrder.IN_EACH_THREAD, "I5");
        assertThat(duplicates(all)).isEmpty();
    }

    @Test
    final void I6_closedGeneratorIssuesNothing() {
        IdGenerator generator = generator();
        generator.next();
        generator.close();
        generator.close();

        assertThatThrownBy(generator::next)
                .isInstanceOfSatisfying(
                        IdUnavailableException.class, e -> assertThat(e.tag()).isEqualTo(tag));
        assertThatThrownBy(() -> generator.fill(new long[BATCH])).isInstanceOf(IdUnavailableException.class);
    }

    @Test
    final void I7_generatorKnowsItsTag() {
        assertThat(generator().tag()).isEqualTo(tag);
    }

    @Test
    final void I8_malformedTagIsRefusedByName() {
        BadTags.assertRefused(malformed -> opened.add(open(malformed)));
    }

    @Test
    final void I9_interruptedThreadGetsItsIdsAndStaysInterrupted() throws Exception {
        IdGenerator generator = generator();
        generator.next();

        boolean interrupted = Crowd.alone(() -> {
            Thread.currentThread().interrupt();
            assertThat(take(generator, 10)).doesNotHaveDuplicates();
            return Thread.currentThread().isInterrupted();
        });

        assertThat(interrupted).isTrue();
    }

    private static long[] take(IdGenerator generator, int count) {
        return LongStream.generate(generator::next).limit(count).toArray();
    }

    private static long[] fill(IdGenerator generator, int count) {
        long[] ids = new long[count];
        generator.fill(ids);
        return ids;
    }

    private static void assertAscending(long[] ids) {
        for (int i = 1; i < ids.length; i++) {
            assertThat(ids[i]).as("id %d of %d", i, ids.length).isGreaterThan(ids[i - 1]);
        }
    }

    /** The ids that occur more than once. */
    private static List<Long> duplicates(List<long[]> all) {
        long[] sorted = all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return LongStream.range(1, sorted.length)
                .filter(i -> sorted[(int) i] == sorted[(int) i - 1])
                .mapToObj(i -> sorted[(int) i])
                .toList();
    }
}
