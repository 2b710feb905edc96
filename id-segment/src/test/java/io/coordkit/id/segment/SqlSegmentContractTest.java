package io.coordkit.id.segment;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.sql.SqlRangeAllocator;
import io.coordkit.id.sql.SqlRangeOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.id.IdGeneratorContract;
import java.util.Properties;
import java.util.UUID;

class SqlSegmentContractTest extends IdGeneratorContract {
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";

    @Override
    protected IdGenerator open(String tag) {
        SqlRangeOptions options = SqlRangeOptions.DEFAULTS.withStep(500);
        return SegmentIds.over(tag, SqlRangeAllocator.connect(url, new Properties(), options), CoordObserver.NONE);
    }
}
