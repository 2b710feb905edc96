package io.coordkit.testkit.lock.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.lock.fault.GuardedResource.Order;
import io.coordkit.testkit.lock.fault.HistoryEvent.Kind;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class GuardedResourceTest {

    /** A worker that has asked for the lock. */
    private static ResourceClient worker(GuardedResource resource, int number) throws IOException {
        ResourceClient worker = new ResourceClient(resource.port(), number);
        worker.tell(Kind.REQUEST, 0, true);
        return worker;
    }

    @Test
    void itRefusesWhoIsOlderThanTheNewest() throws IOException {
        try (GuardedResource resource = new GuardedResource(true);
                ResourceClient older = worker(resource, 1);
                ResourceClient newer = worker(resource, 2)) {
            assertThat(older.tell(Kind.ENTER, 10, true)).isTrue();
            assertThat(newer.tell(Kind.ENTER, 11, true)).isTrue();
            assertThat(older.tell(Kind.WRITE, 10, true)).isFalse();
            assertThat(newer.tell(Kind.WRITE, 11, true)).isTrue();
            assertThat(resource.history().staleAccepted()).isEmpty();
            assertThat(resource.history().refused()).isEqualTo(1);
        }
    }

    @Test
    void withoutItsFenceTheCheckerSeesTheStaleWrite() throws IOException {
        try (GuardedResource resource = new GuardedResource(false);
                ResourceClient older = worker(resource, 1);
                ResourceClient newer = worker(resource, 2)) {
            older.tell(Kind.ENTER, 10, true);
            newer.tell(Kind.ENTER, 11, true);
            assertThat(older.tell(Kind.WRITE, 10, true)).isTrue();
            assertThat(resource.history().staleAccepted()).hasSize(1);
        }
    }

    @Test
    void aRaisedEraMakesEveryEarlierHolderOlder() throws IOException {
        try (GuardedResource resource = new GuardedResource(true);
                ResourceClient before = worker(resource, 1)) {
            before.tell(Kind.ENTER, 1_000_000, true);
            resource.raiseEra();
            try (ResourceClient after = worker(resource, 2)) {
                assertThat(after.tell(Kind.ENTER, 1, true)).isTrue();
                assertThat(before.tell(Kind.WRITE, 1_000_000, true)).isFalse();
            }
        }
    }

    @Test
    void theNextToEnterIsKeptUntilItIsLetGo() throws IOException {
        try (GuardedResource resource = new GuardedResource(true);
                ResourceClient first = worker(resource, 1);
                ResourceClient second = worker(resource, 2)) {
            first.tell(Kind.ENTER, 10, true);
            resource.keepNext(Order.STAY);
            first.tell(Kind.WRITE, 10, true);
            assertThat(first.order()).as("who was inside before").isEqualTo(Order.GO);
            assertThat(resource.kept()).isEmpty();
            second.tell(Kind.ENTER, 11, true);
            assertThat(second.order()).isEqualTo(Order.STAY);
            assertThat(resource.kept()).hasValue(2);
            resource.letGo();
            second.tell(Kind.WRITE, 11, true);
            assertThat(second.order()).isEqualTo(Order.GO);
        }
    }
}
