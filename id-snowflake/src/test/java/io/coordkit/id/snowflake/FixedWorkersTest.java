package io.coordkit.id.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.id.WorkerGuarantee;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.observe.CoordObserver;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FixedWorkersTest {

    @ParameterizedTest
    @CsvSource({"order-0, 0", "order-service-17, 17", "web-5.web.default.svc.cluster.local, 5"})
    void ordinalOfAPod_isItsWorkerNumber(String hostName, int worker) {
        try (SnowflakeIds ids = SnowflakeIds.leased(
                "order", WorkerLeases.ordinal(hostName), SnowflakeOptions.DEFAULTS, CoordObserver.NONE)) {
            assertThat(ids.inspect(ids.next()).machine()).isEqualTo(worker);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "order", "order-", "order-x", "7", "order-99999999999"})
    void hostThatIsNoPodOfAStatefulSet_isRefusedByItsName(String hostName) {
        assertThatThrownBy(() -> WorkerLeases.ordinal(hostName))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'" + hostName + "'");
    }

    @Test
    void numberThatNobodyWatchesOver_promisesNothing() {
        for (WorkerLeaseSource source : new WorkerLeaseSource[] {WorkerLeases.fixed(1), WorkerLeases.ordinal("a-1")}) {
            assertThat(source.guarantees().promised()).isEmpty();
            assertThatThrownBy(() -> source.guarantees().require(EnumSet.of(WorkerGuarantee.ZOMBIE_SAFE)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll(source.guarantees().source(), "ZOMBIE_SAFE");
            source.guarantees().require(Set.of());
        }
    }
}
