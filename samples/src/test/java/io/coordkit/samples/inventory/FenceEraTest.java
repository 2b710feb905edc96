package io.coordkit.samples.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.samples.service.LockChoice;
import io.coordkit.samples.service.LockStore;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The era rises when the lock store is another one, and only then. */
class FenceEraTest {
    private final JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:", "", "");

    @AfterEach
    void close() {
        database.dispose();
    }

    private int enter(LockStore store, String uri, int atLeast) {
        return FenceEra.enter(database, LockChoice.of(store, uri, null), atLeast);
    }

    @Test
    void sameStore_keepsItsEra() {
        int first = enter(LockStore.ETCD, "etcd://one:1", 0);

        assertThat(enter(LockStore.ETCD, "etcd://one:1", 0)).isEqualTo(first);
        assertThat(enter(LockStore.ETCD, "etcd://ann:secret@one:1", 0))
                .as("whoever asks")
                .isEqualTo(first);
    }

    @Test
    void anotherStore_raisesIt_andSoDoesTheWayBack() {
        int first = enter(LockStore.REDIS, "redis://one:1", 0);

        assertThat(enter(LockStore.REDIS, "redis://two:1", 0)).isEqualTo(first + 1);
        assertThat(enter(LockStore.ZOOKEEPER, "zk://one:1", 0)).isEqualTo(first + 2);
        assertThat(enter(LockStore.REDIS, "redis://one:1", 0)).isEqualTo(first + 3);
    }

    @Test
    void memory_isAnotherStoreAtEachStart() {
        int first = enter(LockStore.MEMORY, "memory:a", 0);

        assertThat(enter(LockStore.MEMORY, "memory:a", 0)).isEqualTo(first + 1);
    }

    @Test
    void flag_raisesItForAStoreThatWasRebuilt() {
        enter(LockStore.ETCD, "etcd://one:1", 0);

        assertThat(enter(LockStore.ETCD, "etcd://one:1", 9)).isEqualTo(9);
        assertThat(enter(LockStore.ETCD, "etcd://one:1", 0)).as("for good").isEqualTo(9);
    }
}
