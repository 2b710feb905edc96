package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.testkit.Conformance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who of those that wait is next: within a client, and, where it is promised, among all. */
abstract class OrderRules extends WaitingRules {
    private static final int HAND_OVERS = 3;
    private static final int HAND_OVER_BITS = 10;
    private static final int WAITERS = 12;

    @Test
    void L26_handOverIsBoundedAndEachHasATokenOfItsOwn() throws Exception {
        LockOptions options = options(LONG_TTL).withHandOvers(HAND_OVERS);
        Mutex mutex = client(openBackend(), options).mutex(name);
        List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
        Hold first = mutex.acquire(patience());
        tokens.add(first.token());
        List<CompletableFuture<Void>> others = new ArrayList<>();
        for (int i = 1; i < WAITERS; i++) {
            others.add(mutex.acquireAsync(patience()).thenAccept(hold -> {
                tokens.add(hold.token());
                hold.close();
            }));
        }
        first.close();
        answer(CompletableFuture.allOf(others.toArray(CompletableFuture<?>[]::new)));
        assertThat(tokens).isSorted().doesNotHaveDuplicates();
        Map<Long, Long> holdersPerGrant =
                tokens.stream().collect(Collectors.groupingBy(token -> token >> HAND_OVER_BITS, Collectors.counting()));
        assertThat(holdersPerGrant.values())
                .as("holders of each grant, at most %d handed over", HAND_OVERS)
                .containsOnly(options.fair() ? 1L : HAND_OVERS + 1L);
    }

    @Test
    void L33_fairWaitersAreServedInTheOrderInWhichTheyAsked() throws Exception {
        LockOptions fair = options(LONG_TTL).withFair(true);
        if (!promisesFair()) {
            assertThatThrownBy(() -> client(openBackend(), fair))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("FAIR")
                    .hasMessageContaining(backend().guarantees().backend());
            Conformance.notPromised(getClass(), LockGuarantee.FAIR, "L33");
            return;
        }
        Set<Candidacy> queued = ConcurrentHashMap.newKeySet();
        Semaphore arrivals = new Semaphore(0);
        List<LockClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            DelegatingBackend watched = new DelegatingBackend(openBackend());
            watched.onPending(candidacy -> {
                if (queued.add(candidacy)) {
                    arrivals.release();
                }
            });
            clients.add(client(watched, fair));
        }
        Hold held = clients.get(0).mutex(name).acquire(patience());
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> served = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            int number = i;
            LockClient client = clients.get(i * i % 3); // some next to one another in one client, some not
            served.add(client.mutex(name).acquireAsync(patience()).thenAccept(hold -> {
                order.add(number);
                tokens.add(hold.token());
                hold.close();
            }));
            assertThat(arrivals.tryAcquire(patience().toMillis(), TimeUnit.MILLISECONDS))
                    .as("waiter %d is in the store's queue", number)
                    .isTrue();
        }
        held.close();
        answer(CompletableFuture.allOf(served.toArray(CompletableFuture<?>[]::new)));
        assertThat(order).isSorted().hasSize(WAITERS);
        assertThat(tokens).isSorted().doesNotHaveDuplicates().allMatch(token -> token % (1 << HAND_OVER_BITS) == 0);
    }

    @Test
    void L34_whoLeavesAFairQueueHoldsNobodyUp() throws Exception {
        LockOptions options = options(LONG_TTL).withFair(promisesFair());
        LockClient client = client(openBackend(), options);
        Mutex mutex = client.mutex(name);
        Hold held = client(openBackend(), options).mutex(name).acquire(patience());
        List<CompletableFuture<Hold>> leaving = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            leaving.add(mutex.acquireAsync(patience()));
        }
        assertThat(mutex.tryAcquire(A_WHILE)).as("while somebody else holds").isEmpty();
        CompletableFuture<Hold> staying = mutex.acquireAsync(patience());
        assertThat(mutex.tryAcquire(A_WHILE)).as("while somebody else holds").isEmpty();
        leaving.forEach(each -> each.cancel(false));
        held.close();
        staying.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
        assertThat(leaving).allMatch(CompletableFuture::isCancelled);
        for (int i = 0; i < 20; i++) {
            Optional<Hold> again = mutex.tryAcquire();
            assertThat(again).as("acquire %d by the same client", i).isPresent();
            again.get().close();
        }
    }

    private boolean promisesFair() {
        return backend().guarantees().has(LockGuarantee.FAIR);
    }
}
