package io.coordkit.txn.tcc;

import io.coordkit.txn.TccTransaction;
import io.coordkit.txn.coordinator.Enlistment;

/** A transaction inside its body. */
record TccEnlistment(Enlistment branches) implements TccTransaction {
    @Override
    public String gid() {
        return branches.gid();
    }

    @Override
    public String enlist(String participant, byte[] payload) {
        return branches.enlist(participant, payload);
    }
}
