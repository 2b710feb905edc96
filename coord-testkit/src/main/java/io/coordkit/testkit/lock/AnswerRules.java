package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a lock when the store's answers are repeated, late, lost or absent. */
abstract class AnswerRules extends OrderRules {
    @Test
    void L6_aRepeatedRequestIsTheSameGrant() throws Exception {
        LockBackend mine = backend();
        Candidacy candidacy = mine.stand(name, LONG_TTL, () -> {});
        Answer first = answer(candidacy.request());
        Answer second = answer(candidacy.request());
        assertThat(List.of(first, second)).allMatch(Answer.Granted.class::isInstance);
        assertThat(((Answer.Granted) second).grant()).isEqualTo(((Answer.Granted) first).grant());
        answer(candidacy.abandon());
        Mutex other = client(LONG_TTL).mutex(name);
        other.acquire(patience()).close();
    }

    @Test
    void L16_aSilentStoreIsUnreachableNotBusy() {
        DelegatingBackend cut = new DelegatingBackend(openBackend());
        Mutex mutex = client(cut, shortTtl()).mutex(name);
        cut.cutAll();
        assertThatThrownBy(mutex::tryAcquire)
                .isInstanceOf(LockUnreachableException.class)
                .hasMessageContaining(name);
        assertThatThrownBy(() -> mutex.acquire(A_WHILE)).isInstanceOf(LockUnreachableException.class);
    }

    @Test
    void L23_aFirstAcquireWhoseReplyIsLostIsOneHold() throws Exception {
        DelegatingBackend lossy = new DelegatingBackend(openBackend());
        Mutex mine = client(lossy, LONG_TTL).mutex(name);
        Mutex other = client(LONG_TTL).mutex(name);
        lossy.loseAReply();
        try (Hold held = mine.acquire(patience())) {
            held.check();
            assertThat(other.tryAcquire()).as("while it is held").isEmpty();
        }
        assertThat(other.tryAcquire(FAR_BELOW_ANY_POLLING))
                .as("after one close")
                .isPresent();
    }

    @Test
    void L32_aTtlShorterThanTheRoundTripIsTold() throws Exception {
        Duration ttl = shortTtl();
        DelegatingBackend slow = new DelegatingBackend(openBackend());
        Mutex mutex = client(slow, ttl).mutex(name);
        slow.delayAnswers(ttl.plus(ttl.dividedBy(4)));
        assertThatThrownBy(mutex::tryAcquire)
                .isInstanceOf(LockUnreachableException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("TTL of " + ttl)
                .hasMessageContaining("round trip")
                .hasMessageMatching("(?s).*came PT[0-9.]+S after it was asked for.*");
        assertThatThrownBy(() -> mutex.acquire(ttl.multipliedBy(3)))
                .isInstanceOf(LockUnreachableException.class)
                .hasMessageContaining("TTL of " + ttl);
        client(ttl).mutex(name).acquire(patience()).close();
    }
}
