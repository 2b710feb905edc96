package io.coordkit.testkit.lock;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.Mutex;
import io.coordkit.testkit.Conformance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every lock backend must keep; the rules stand in {@code docs/contract.md}. A backend's test extends this class
 * and says how to reach its store. The rules are spread over its superclasses by theme; those about bad input are here.
 *
 * <p>Bounds that are promises are asserted with at least five times the nominal time.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class LockBackendContract extends AdminRules {
    @Test
    void L15_badInputIsRefusedWithItsValue() {
        LockClient client = client(LONG_TTL);
        assertThatIllegalArgumentException().isThrownBy(() -> client.mutex("")).withMessageContaining("name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.mutex("\u00fc".repeat(513)))
                .withMessageContaining("1026");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.mutex("a\ud800b"))
                .withMessageContaining("surrogate");
        Mutex mutex = client.mutex(name);
        for (Duration wait : List.of(Duration.ZERO, ofMillis(-1), ofDays(367), ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> mutex.tryAcquire(wait))
                    .withMessageContaining(wait.toString());
            assertThatIllegalArgumentException().isThrownBy(() -> mutex.acquireAsync(wait));
        }
    }

    @Test
    void L31_aTtlOutOfRangeIsRefusedWithItsValue() {
        for (Duration ttl :
                List.of(Duration.ZERO, ofMillis(-1), ofMillis(99), ofDays(1).plusNanos(1), ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException()
                    .as("TTL %s", ttl)
                    .isThrownBy(() -> client(ttl))
                    .withMessageContaining("ttl")
                    .withMessageContaining(ttl.toString());
        }
    }
}
