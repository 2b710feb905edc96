package io.coordkit.id.segment;

import io.coordkit.id.IdGenerator;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.id.IdGeneratorContract;
import io.coordkit.testkit.id.IdOrder;

class StripedContractTest extends IdGeneratorContract {
    private final ScriptedAllocator ranges = new ScriptedAllocator(1_000);

    @Override
    protected IdGenerator open(String tag) {
        return SegmentIds.over(tag, ranges, SegmentOptions.DEFAULTS.withMode(SegmentMode.STRIPED), CoordObserver.NONE);
    }

    @Override
    protected IdOrder order() {
        return IdOrder.IN_EACH_THREAD;
    }
}
