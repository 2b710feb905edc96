package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.server.MariaDbServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SqlRangeGroupTest {
    private static final int STEP = 10;
    private static final SqlRangeOptions OPTIONS = SqlRangeOptions.DEFAULTS.withStep(STEP);

    private static String h2() {
        return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";
    }

    private static SqlRangeGroup group(int limit, String... urls) {
        SqlRangeGroup group = SqlRangeGroup.of(limit, OPTIONS);
        for (int i = 0; i < urls.length; i++) {
            group.add(i + 1, urls[i], new Properties());
        }
        return group;
    }

    @Test
    void databasesTakeTurns_eachWithItsShareOfTheRanges() {
        RangeAllocator group = group(16, h2(), h2());

        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ranges.add(group.allocate("order", 1_000));
        }

        assertThat(ranges)
                .containsExactlyInAnyOrder(
                        new IdRange(1, 11), new IdRange(11, 21), new IdRange(161, 171), new IdRange(171, 181));
    }

    @Test
    void databaseMayDie_andNothingStalls_andIsBackWhenItIs() {
        try (MariaDbServer one = MariaDbServer.start();
                MariaDbServer other = MariaDbServer.start()) {
            RangeAllocator group = group(4, one.createDatabase("ids"), other.createDatabase("ids"));
            List<IdRange> ranges = new ArrayList<>(take(group, 20));
            one.kill9();
            ranges.addAll(take(group, 20));
            // All that is left; the one that failed is still benched.
            one.restart();
            other.kill9();
            ranges.addAll(take(group, 20));

            assertThat(ranges).hasSize(60);
            assertDisjoint(ranges);
            one.kill9();
            assertThatThrownBy(() -> group.allocate("order"))
                    .isInstanceOf(IdUnavailableException.class)
                    .hasMessageContainingAll("'order'", "none of 2 databases");
        }
    }

    @Test
    void databaseMayBeDown_whenTheGroupStarts() {
        RangeAllocator group = group(4, "jdbc:h2:tcp://127.0.0.1:1/none", h2());

        assertThat(take(group, 5)).hasSize(5);
    }

    @Test
    void databaseIsAddedOnline_whileThreeGeneratorsKeepIssuing() throws Exception {
        String[] urls = {h2(), h2(), h2(), h2()};
        AtomicInteger issued = new AtomicInteger();
        CountDownLatch added = new CountDownLatch(3);
        List<Callable<List<IdRange>>> generators = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SqlRangeGroup group = group(16, urls[0], urls[1], urls[2]);
            int patience = 40 * (i + 1);
            generators.add(() -> {
                List<IdRange> ranges = new ArrayList<>();
                // Each learns of it at another time.
                while (issued.get() < patience) {
                    ranges.add(group.allocate("order"));
                    issued.incrementAndGet();
                }
                group.add(4, urls[3], new Properties());
                added.countDown();
                while (added.getCount() > 0 || issued.get() < 400) {
                    ranges.add(group.allocate("order"));
                    issued.incrementAndGet();
                }
                assertThat(added.await(60, TimeUnit.SECONDS)).isTrue();
                return ranges;
            });
        }

        List<IdRange> ranges =
                Crowd.run(generators).stream().flatMap(List::stream).toList();

        assertDisjoint(ranges);
        assertThat(ranges).anyMatch(SqlRangeGroupTest::isOfDatabaseFour);
        assertThat(ranges).anyMatch(range -> !isOfDatabaseFour(range));
    }

    @Test
    void clientThatIsSetOtherwise_isFoundOut() {
        String[] urls = {h2(), h2()};
        take(group(16, urls), 4);
        SqlRangeGroup swapped = SqlRangeGroup.of(16, OPTIONS);
        swapped.add(1, urls[1], new Properties());

        for (RangeAllocator other : List.of(
                group(8, urls),
                swapped,
                SqlRangeGroup.of(16, OPTIONS.withStep(20)).add(1, urls[0], new Properties()))) {
            assertThatThrownBy(() -> other.allocate("order"))
                    .isInstanceOf(IdUnavailableException.class)
                    .hasMessageContaining("is not that of database");
        }
    }

    @Test
    void numbers_haveBounds() {
        assertThatIllegalArgumentException().isThrownBy(() -> SqlRangeGroup.of(0, OPTIONS));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> group(2, h2(), h2(), h2()))
                .withMessageContaining("was 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> group(4, h2()).add(1, h2(), new Properties()))
                .withMessageContaining("1 is taken");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SqlRangeGroup.of(2, OPTIONS.withTable(SqlRangeTable.LEAF_ALLOC)))
                .withMessageContaining("leaf-alloc");
    }

    private static boolean isOfDatabaseFour(IdRange range) {
        return (range.from() - 1) / STEP % 16 == 3;
    }

    private static List<IdRange> take(RangeAllocator allocator, int count) {
        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ranges.add(allocator.allocate("order"));
        }
        return ranges;
    }

    private static void assertDisjoint(List<IdRange> ranges) {
        List<IdRange> sorted =
                ranges.stream().sorted(Comparator.comparingLong(IdRange::from)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            assertThat(sorted.get(i).from())
                    .isGreaterThanOrEqualTo(sorted.get(i - 1).to());
        }
    }
}
