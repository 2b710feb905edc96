package io.coordkit.id.segment;

import io.coordkit.id.IdGenerator;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.id.IdGeneratorContract;

/** On short ranges, so that threads meet at their ends all the time. */
class SegmentContractTest extends IdGeneratorContract {
    private final ScriptedAllocator ranges = new ScriptedAllocator(50);

    @Override
    protected IdGenerator open(String tag) {
        return SegmentIds.over(tag, ranges, CoordObserver.NONE);
    }
}
