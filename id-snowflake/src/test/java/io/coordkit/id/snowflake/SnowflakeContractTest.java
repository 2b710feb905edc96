package io.coordkit.id.snowflake;

import io.coordkit.id.IdGenerator;
import io.coordkit.testkit.id.IdGeneratorContract;

class SnowflakeContractTest extends IdGeneratorContract {
    @Override
    protected IdGenerator open(String tag) {
        return SnowflakeIds.fixedWorker(tag, 1023);
    }
}
