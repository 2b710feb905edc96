package io.coordkit.id.sql;

import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.id.RangeAllocatorContract;
import java.util.Properties;
import java.util.UUID;

class H2RangeContractTest extends RangeAllocatorContract {
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";

    @Override
    protected RangeAllocator open() {
        return SqlRangeAllocator.connect(url, new Properties(), SqlRangeOptions.DEFAULTS);
    }
}
