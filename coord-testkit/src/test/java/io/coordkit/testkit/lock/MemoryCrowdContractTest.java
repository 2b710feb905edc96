package io.coordkit.testkit.lock;

import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** A store in memory has no commands that could be counted, so every call counts as one. */
@Isolated("its base line would see the threads of others")
class MemoryCrowdContractTest extends LockCrowdContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = BaseLine.ofThreads();

    private final MemoryLocks store = MemoryLocks.create();
    private final AtomicLong calls = new AtomicLong();

    @Override
    protected LockBackend openBackend() {
        return new Counting(store.backend());
    }

    @Override
    protected long commandsServed() {
        return calls.get();
    }

    private final class Counting implements LockBackend {
        private final LockBackend backend;

        Counting(LockBackend backend) {
            this.backend = backend;
        }

        @Override
        public LockGuarantees guarantees() {
            return backend.guarantees();
        }

        @Override
        public Candidacy stand(String name, Duration ttl, Runnable wake) {
            Candidacy candidacy = backend.stand(name, ttl, wake);
            return new Candidacy() {
                @Override
                public CompletionStage<Answer> request() {
                    calls.incrementAndGet();
                    return candidacy.request();
                }

                @Override
                public CompletionStage<Void> abandon() {
                    calls.incrementAndGet();
                    return candidacy.abandon();
                }
            };
        }

        @Override
        public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
            throw new AssertionError("nothing is due within the TTL of " + TTL);
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
