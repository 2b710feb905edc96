package io.coordkit.txn.core;

import io.coordkit.txn.Tcc;
import io.coordkit.txn.spi.Operation;
import java.time.Duration;

/** What can happen to a transaction, so that together they pass every point there is. */
enum Scenario {
    COMMITTED {
        @Override
        void play(SimulatedCluster cluster) {
            Tcc tcc = cluster.coordinator();
            cluster.run(tcc);
            cluster.awaitFinished(tcc);
            cluster.asking(() -> tcc.unfinished(1));
            tcc.close();
        }
    },
    REFUSED {
        @Override
        void play(SimulatedCluster cluster) {
            Tcc tcc = cluster.coordinator();
            cluster.run(tcc, 1, Duration.ofSeconds(10));
            cluster.awaitFinished(tcc);
        }
    },
    /** Somebody has decided, and left the rest to others. */
    ABANDONED {
        @Override
        void play(SimulatedCluster cluster) {
            cluster.cut(Operation.CONFIRM);
            Tcc before = cluster.before();
            cluster.run(before);
            before.close();
            cluster.cut(null);
            cluster.awaitFinished(cluster.coordinator());
        }
    },
    /** Somebody has reserved, and died: the participants ask. */
    ASKED {
        @Override
        void play(SimulatedCluster cluster) {
            cluster.dieBeforeTheDecision();
            cluster.coordinator();
            cluster.awaitNothingReserved();
        }
    },
    GIVEN_UP {
        @Override
        void play(SimulatedCluster cluster) {
            cluster.cut(Operation.CONFIRM);
            Tcc tcc = cluster.impatientCoordinator();
            cluster.run(tcc);
            cluster.awaitGivenUp(tcc);
            cluster.cut(null);
            cluster.asking(() -> tcc.admin().show(SimulatedCluster.GID));
            cluster.awaitFinished(tcc);
        }
    },
    ENDED_BY_HAND {
        @Override
        void play(SimulatedCluster cluster) {
            cluster.cut(Operation.CONFIRM);
            Tcc tcc = cluster.impatientCoordinator();
            cluster.run(tcc);
            cluster.awaitGivenUp(tcc);
            boolean committed = cluster.status().orElseThrow().state().isCommit();
            cluster.asking(() -> tcc.admin().force(SimulatedCluster.GID, committed, "the test wants it"));
            cluster.awaitNothingReserved();
        }
    },
    FORGOTTEN {
        @Override
        void play(SimulatedCluster cluster) {
            Tcc tcc = cluster.coordinator();
            cluster.run(tcc, 0, Duration.ofSeconds(1));
            cluster.awaitFinished(tcc);
            cluster.await("it is purged", () -> {
                cluster.asking(() -> cluster.log().purge(Duration.ZERO, 10));
                return cluster.asking(() -> cluster.log().find(SimulatedCluster.GID))
                        .isEmpty();
            });
            cluster.asking(() -> cluster.log().now());
        }
    },
    WITH_WORK {
        @Override
        void play(SimulatedCluster cluster) {
            Tcc tcc = cluster.coordinator();
            cluster.runWithWork(tcc);
            cluster.awaitFinished(tcc);
        }
    };

    /** Ends when it has come to its end, or with {@link SimulatedCluster.Died}. */
    abstract void play(SimulatedCluster cluster);
}
