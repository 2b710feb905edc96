package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.Leader;
import io.coordkit.lock.LeaderElection;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockLostException;
import io.coordkit.lock.LockTimeoutException;
import io.coordkit.lock.MultiHold;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is built on locks once, for every backend: locks that are taken together, and the election of a leader. */
abstract class FamilyRules extends OutageRules {
    private static final int ROUNDS = 10;

    private final List<LeaderElection> elections = new ArrayList<>();

    /** What a candidate tells when it is elected. */
    private record Term(int candidate, long token) {}

    @AfterEach
    void endElections() {
        elections.forEach(LeaderElection::close);
    }

    private List<String> names(String... suffixes) {
        return List.of(suffixes).stream().map(suffix -> name + suffix).toList();
    }

    @Test
    void L40_locksTakenTogetherAreAllHeldOrNone() throws Exception {
        LockClient mine = client(LONG_TTL);
        LockClient other = client(LONG_TTL);
        try (Hold inTheWay = other.mutex(name + "b").acquire(patience())) {
            assertThat(mine.multiLock(names("c", "b", "a")).tryAcquire()).isEmpty();
            assertThatThrownBy(() -> mine.multiLock(names("c", "b", "a")).acquire(A_WHILE))
                    .isInstanceOf(LockTimeoutException.class)
                    .hasMessageContaining(name + "a, " + name + "b, " + name + "c");
            inTheWay.check();
            other.mutex(name + "a").acquire(FAR_BELOW_ANY_POLLING).close();
            other.mutex(name + "c").acquire(FAR_BELOW_ANY_POLLING).close();
        }
        try (MultiHold all = mine.multiLock(names("c", "b", "a", "b")).acquire(patience())) {
            assertThat(all.names()).containsExactlyElementsOf(names("a", "b", "c"));
            for (String each : all.names()) {
                assertThat(other.mutex(each).tryAcquire()).as(each).isEmpty();
            }
        }
        for (String each : names("a", "b", "c")) {
            other.mutex(each).acquire(FAR_BELOW_ANY_POLLING).close();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> mine.multiLock(List.of()));
    }

    /** What both want is kept from them until the one that wants it first, and then the other, waits for it. */
    @Test
    void L41_locksWantedInAnyOrderNeverBlockEachOther() throws Exception {
        LockClient mine = client(LONG_TTL);
        LockClient other = client(LONG_TTL);
        Hold inTheWay = client(LONG_TTL).mutex(name + "b").acquire(patience());
        AtomicInteger inside = new AtomicInteger();
        CompletableFuture<Void> two = inThread(() -> takeRepeatedly(other, names("c", "b"), inside));
        TimeUnit.MILLISECONDS.sleep(A_WHILE.toMillis());
        CompletableFuture<Void> three = inThread(() -> takeRepeatedly(mine, names("a", "b", "c"), inside));
        TimeUnit.MILLISECONDS.sleep(A_WHILE.toMillis());
        inTheWay.close();
        two.get(patience().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
        three.get(patience().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
    }

    private void takeRepeatedly(LockClient client, List<String> names, AtomicInteger inside)
            throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            try (MultiHold held = client.multiLock(names).acquire(patience())) {
                assertThat(inside.incrementAndGet()).as("holders of b").isEqualTo(1);
                held.check();
                inside.decrementAndGet();
            }
        }
    }

    @Test
    void L42_aLossOfOneIsALossOfAllAndEachHasATokenOfItsOwn() throws Exception {
        LockClient mine = client(shortTtl());
        long before;
        try (MultiHold first = mine.multiLock(names("a", "b")).acquire(patience())) {
            before = first.token(name + "b");
            assertThat(first.hold(name + "b").token()).isEqualTo(before);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> first.token("of another"))
                    .withMessageContaining("of another");
        }
        MultiHold held = mine.multiLock(names("a", "b")).acquire(patience());
        assertThat(held.token(name + "b")).isGreaterThan(before);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        held.onLost(() -> told.add("lost"));
        loseFromStore(name + "a");
        loseFromStore(name + "b");
        assertThat(told.poll(patience().toMillis(), TimeUnit.MILLISECONDS)).isEqualTo("lost");
        assertThat(held.isHeld()).isFalse();
        assertThat(held.remaining()).isZero();
        assertThatThrownBy(held::check).isInstanceOf(LockLostException.class);
        held.close();
        assertThat(told.poll(A_WHILE.toMillis(), TimeUnit.MILLISECONDS))
                .as("a second call of onLost")
                .isNull();
    }

    @Test
    void L43_oneLeadsAtATimeAndAnotherTakesOverWithAGreaterToken() throws Exception {
        BlockingQueue<Term> terms = new LinkedBlockingQueue<>();
        AtomicInteger leading = new AtomicInteger();
        for (int candidate = 0; candidate < 3; candidate++) {
            stand(candidate, terms, leading);
        }
        Term first = next(terms);
        assertThat(terms.poll(A_WHILE.toMillis(), TimeUnit.MILLISECONDS))
                .as("a second leader")
                .isNull();
        assertThat(elections.stream().filter(LeaderElection::isLeader)).hasSize(1);
        assertThat(elections.get(first.candidate()).token()).hasValue(first.token());

        elections.get(first.candidate()).close();
        Term second = next(terms);
        assertThat(second.candidate()).isNotEqualTo(first.candidate());
        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(elections.get(first.candidate()).isLeader()).isFalse();
    }

    @Test
    void L44_aLeaderThatLosesTheLockIsInterruptedAndStandsAgain() throws Exception {
        BlockingQueue<Term> terms = new LinkedBlockingQueue<>();
        AtomicInteger leading = new AtomicInteger();
        stand(0, terms, leading);
        Term first = next(terms);
        loseFromStore(name);
        Term second = next(terms);
        assertThat(second.token()).isGreaterThan(first.token());
    }

    private void stand(int candidate, BlockingQueue<Term> terms, AtomicInteger leading) {
        Leader leader = hold -> {
            if (leading.incrementAndGet() != 1) {
                terms.add(new Term(candidate, -1));
            }
            try {
                terms.add(new Term(candidate, hold.token()));
                new CountDownLatch(1).await();
            } finally {
                leading.decrementAndGet();
            }
        };
        elections.add(LeaderElection.stand(client(shortTtl()), name, leader));
    }

    private Term next(BlockingQueue<Term> terms) throws InterruptedException {
        Term term = terms.poll(patience().toMillis(), TimeUnit.MILLISECONDS);
        assertThat(term).as("a leader").isNotNull();
        assertThat(term.token()).as("the token of the only leader").isPositive();
        return term;
    }
}
