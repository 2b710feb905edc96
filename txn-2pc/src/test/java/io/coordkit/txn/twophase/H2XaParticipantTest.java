package io.coordkit.txn.twophase;

import javax.sql.XADataSource;

/** On H2 in memory. */
class H2XaParticipantTest extends XaParticipantContract {
    @Override
    XADataSource database() {
        return H2TwoPhaseTest.inMemory();
    }

    @Override
    boolean refusesWrites() {
        return false;
    }
}
