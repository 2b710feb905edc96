package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.lock.fault.Subject;
import org.junit.jupiter.api.Tag;

/** The peer on a ZooKeeper whose wall clock is set. */
@Tag("soak")
class CuratorClockFaultTest extends ZooKeeperClockFaultTest {

    @Override
    protected String lockName() {
        return "Curator InterProcessMutex";
    }

    @Override
    protected Class<? extends Subject> subject() {
        return CuratorFaultTest.CuratorSubject.class;
    }
}
