package io.coordkit.id.snowflake;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.id.IdGeneratorContract;
import io.coordkit.testkit.id.MemoryWorkers;
import java.time.Duration;
import java.time.InstantSource;

class LeasedSnowflakeContractTest extends IdGeneratorContract {
    // Patient, for the machine may let a renewal wait.
    private static final SnowflakeOptions OPTIONS = SnowflakeOptions.DEFAULTS
            .withWindow(Duration.ofSeconds(1))
            .withBorrow(Duration.ofMillis(500))
            .withPatience(Duration.ofMinutes(1));

    private final WorkerLeaseSource source = WorkerLeases.on(new MemoryWorkers(InstantSource.system()));

    @Override
    protected IdGenerator open(String tag) {
        return SnowflakeIds.leased(tag, source, OPTIONS, CoordObserver.NONE);
    }
}
