package io.coordkit.testkit.lock;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.ReadWriteBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Correct read-write locks that are made to break a rule. */
final class FaultySharing implements ReadWriteBackend {
    private static final int DEAD_STAY = 60; // TTLs

    private final ReadWriteBackend shared;
    private final LockFault fault;
    private final FaultyStore store;

    FaultySharing(ReadWriteBackend shared, LockFault fault, FaultyStore store) {
        this.shared = shared;
        this.fault = fault;
        this.store = store;
    }

    @Override
    public Candidacy stand(String name, Access access, Duration ttl, Runnable wake) {
        boolean reads = access == Access.READ;
        String stored = fault == LockFault.L50_READERS_DO_NOT_SEE_WRITERS && reads ? name + ":readers" : name;
        Duration kept = fault == LockFault.L54_DEAD_READERS_STAY && reads ? ttl.multipliedBy(DEAD_STAY) : ttl;
        Runnable heard = fault == LockFault.L53_A_WAITING_READER_IS_NOT_WOKEN && reads ? () -> {} : wake;
        return new Place(shared.stand(stored, access, kept, heard), store.lock(name), reads, ttl);
    }

    /** One in the queue. */
    final class Place implements Candidacy {
        private final Candidacy inner;
        private final FaultyStore.Lock lock;
        private final boolean reads;
        private final Duration ttl;
        private boolean granted;

        Place(Candidacy inner, FaultyStore.Lock lock, boolean reads, Duration ttl) {
            this.inner = inner;
            this.lock = lock;
            this.reads = reads;
            this.ttl = ttl;
        }

        Candidacy inner() {
            return inner;
        }

        Renewal renewed(Renewal renewal) {
            return fault == LockFault.L56_RENEWALS_OF_LOST_READERS_SUCCEED && reads
                    ? new Renewal.Extended(ttl)
                    : renewal;
        }

        @Override
        public CompletionStage<Answer> request() {
            synchronized (lock) {
                if (fault == LockFault.L52_READERS_OVERTAKE_WRITERS && reads) {
                    List<Place> writers = List.copyOf(lock.waitingWriters);
                    writers.forEach(writer -> writer.inner.abandon());
                    CompletionStage<Answer> answer = inner.request();
                    writers.forEach(writer -> writer.inner.request());
                    return answer;
                }
                return inner.request().thenApply(this::answered);
            }
        }

        private Answer answered(Answer answer) {
            granted = answer instanceof Answer.Granted;
            if (!reads && !granted) {
                lock.waitingWriters.add(this);
            } else {
                lock.waitingWriters.remove(this);
            }
            if (fault == LockFault.L51_EACH_READER_HAS_A_TOKEN_OF_ITS_OWN
                    && reads
                    && answer instanceof Answer.Granted truly) {
                lock.highest = Math.max(lock.highest, truly.grant()) + 1;
                return new Answer.Granted(lock.highest, truly.validFor());
            }
            return answer;
        }

        @Override
        public CompletionStage<Void> abandon() {
            synchronized (lock) {
                lock.waitingWriters.remove(this);
                return fault == LockFault.L55_A_WRITER_THAT_GIVES_UP_STAYS && !reads && !granted
                        ? CompletableFuture.completedStage(null)
                        : inner.abandon();
            }
        }
    }
}
