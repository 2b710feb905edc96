package io.coordkit.lock.etcd;

import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.lock.fault.Subject;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;

/** The peer under the same faults: jetcd's Lock, with a lease of the same TTL that jetcd keeps alive. */
@Tag("soak")
class JetcdFaultTest extends EtcdFaultTest {

    /** None is fair on demand. */
    @Override
    protected List<LockFault> faults() {
        return LockFaults.OF_ONE_SERVER;
    }

    @Override
    protected String lockName() {
        return "jetcd Lock";
    }

    @Override
    protected Class<? extends Subject> subject() {
        return JetcdSubject.class;
    }

    /** jetcd as its examples show it: a lease for each lock. */
    public static final class JetcdSubject implements Subject {
        @Override
        public Locker open(String address, Duration ttl, String name) {
            Client etcd = Client.builder()
                    .endpoints(address.replace("etcd://", "http://"))
                    .build();
            ByteSequence key = ByteSequence.from("peer/" + name, StandardCharsets.UTF_8);
            return new Locker() {
                @Override
                public Optional<Held> acquire(Duration wait) throws Exception {
                    long lease = etcd.getLeaseClient()
                            .grant(ttl.toSeconds())
                            .get(ttl.toMillis(), TimeUnit.MILLISECONDS)
                            .getID();
                    CloseableClient alive = etcd.getLeaseClient()
                            .keepAlive(lease, Observers.<LeaseKeepAliveResponse>observer(response -> {}));
                    CompletableFuture<ByteSequence> owned =
                            etcd.getLockClient().lock(key, lease).thenApply(response -> response.getKey());
                    try {
                        ByteSequence owner = owned.get(wait.toMillis(), TimeUnit.MILLISECONDS);
                        // Nobody tells whether it is held.
                        return Optional.of(Held.withoutToken(() -> true, () -> release(etcd, lease, alive, owner)));
                    } catch (TimeoutException busy) {
                        owned.cancel(true);
                        alive.close();
                        etcd.getLeaseClient().revoke(lease).get(ttl.toMillis(), TimeUnit.MILLISECONDS);
                        return Optional.empty();
                    }
                }

                @Override
                public void close() {
                    etcd.close();
                }
            };
        }
    }

    private static void release(Client etcd, long lease, CloseableClient alive, ByteSequence key) {
        alive.close();
        try {
            etcd.getLockClient().unlock(key).get(2, TimeUnit.SECONDS);
            etcd.getLeaseClient().revoke(lease).get(2, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
