package io.coordkit.lock.etcd;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.EtcdServer;
import io.etcd.jetcd.Client;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One lease for all holds and waiters of a client. */
class EtcdLeaseTest {
    private static final Duration PATIENCE = ofSeconds(20);
    private static EtcdServer server;
    private static EtcdInspector inspector;

    @BeforeAll
    static void start() {
        server = EtcdServer.start();
        inspector = EtcdInspector.of(server);
    }

    @AfterAll
    static void stop() {
        inspector.close();
        server.close();
    }

    private static LockClient connect(Duration ttl) {
        return EtcdLocks.connect("etcd://" + server.address(), LockOptions.DEFAULTS.withTtl(ttl), CoordObserver.NONE);
    }

    /** Counts what keeps leases alive. */
    private static final class KeepAlives implements ClientInterceptor {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            if ("etcdserverpb.Lease/LeaseKeepAlive".equals(method.getFullMethodName())) {
                count.incrementAndGet();
            }
            return next.newCall(method, options);
        }
    }

    @Test
    void holdsAndWaitersOfOneTtlShareALeaseAndItsKeepAlives() throws Exception {
        List<Long> before = inspector.leases();
        KeepAlives keepAlives = new KeepAlives();
        Duration ttl = ofSeconds(4);
        try (Client jetcd = Client.builder()
                        .endpoints("http://" + server.address())
                        .interceptor(keepAlives)
                        .build();
                LockClient locks = EtcdLocks.using(jetcd, LockOptions.DEFAULTS.withTtl(ttl), CoordObserver.NONE);
                LockClient others = connect(ofSeconds(60))) {
            Hold theirs = others.mutex("theirs").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = locks.mutex("theirs").acquireAsync(PATIENCE.multipliedBy(3));
            long start = System.nanoTime();
            List<Hold> holds = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                holds.add(locks.mutex("many:" + i).acquire(PATIENCE));
            }
            assertThat(inspector.leases()).hasSize(before.size() + 2);
            assertThat(others.mutex("many:0").tryAcquire(ttl.multipliedBy(3))).isEmpty();
            holds.forEach(Hold::check);
            long quarters = (System.nanoTime() - start) / ttl.dividedBy(4).toNanos();
            assertThat(keepAlives.count.get()).isBetween(3, (int) quarters + 1);
            theirs.close();
            waiting.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).close();
        }
    }

    @Test
    void aWaiterKeepsItsPlaceForLongerThanItsTtl() throws Exception {
        try (LockClient holding = connect(ofSeconds(60));
                LockClient first = connect(ofSeconds(2));
                LockClient second = connect(ofSeconds(60))) {
            Hold held = holding.mutex("queue").acquire(PATIENCE);
            CompletableFuture<Hold> firstIn = first.mutex("queue").acquireAsync(PATIENCE.multipliedBy(2));
            assertThat(first.mutex("queue").tryAcquire(ofSeconds(2))).isEmpty();
            CompletableFuture<Hold> secondIn = second.mutex("queue").acquireAsync(PATIENCE.multipliedBy(2));
            assertThat(second.mutex("queue").tryAcquire(ofSeconds(6))).isEmpty();
            held.close();
            Hold next = firstIn.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(secondIn).isNotDone();
            next.close();
            try (Hold last = secondIn.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                assertThat(last.token()).isGreaterThan(next.token()).isGreaterThan(held.token());
            }
        }
    }

    @Test
    void aRevokedLeaseEndsItsHoldsAndTheNextAcquireHasAnother() throws Exception {
        List<Long> before = inspector.leases();
        try (LockClient locks = connect(ofSeconds(6));
                LockClient others = connect(ofSeconds(60))) {
            Hold first = locks.mutex("a").acquire(PATIENCE);
            Hold second = locks.mutex("b").acquire(PATIENCE);
            CountDownLatch lost = new CountDownLatch(2);
            first.onLost(lost::countDown);
            second.onLost(lost::countDown);
            inspector.leases().stream().filter(lease -> !before.contains(lease)).forEach(inspector::revoke);
            assertThat(lost.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            try (Hold again = locks.mutex("a").acquire(PATIENCE)) {
                assertThat(again.token()).isGreaterThan(first.token());
                assertThat(others.mutex("a").tryAcquire()).isEmpty();
            }
        }
    }

    @Test
    void aWaiterWhoseLeaseIsRevokedStandsAgainAndGetsIn() throws Exception {
        List<Long> before = inspector.leases();
        try (LockClient locks = connect(ofSeconds(3));
                LockClient holding = connect(ofSeconds(60))) {
            Hold held = locks.mutex("first").acquire(PATIENCE);
            List<Long> waitersLease = inspector.leases().stream()
                    .filter(lease -> !before.contains(lease))
                    .toList();
            Hold inTheWay = holding.mutex("c").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = locks.mutex("c").acquireAsync(PATIENCE);
            assertThat(locks.mutex("c").tryAcquire(ofSeconds(2))).isEmpty();
            waitersLease.forEach(inspector::revoke);
            assertThat(locks.mutex("c").tryAcquire(ofSeconds(3))).isEmpty();
            inTheWay.close();
            waiting.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).close();
            assertThat(held.isHeld()).isFalse();
        }
    }
}
