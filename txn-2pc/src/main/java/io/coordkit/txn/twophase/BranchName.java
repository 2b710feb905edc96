package io.coordkit.txn.twophase;

import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.Inquiry;

/** By which a participant knows a branch, the same at every delivery. */
record BranchName(String gid, String branch) {
    static BranchName of(BranchCall call) {
        return new BranchName(call.gid(), call.branch());
    }

    static BranchName of(Inquiry inquiry) {
        return new BranchName(inquiry.gid(), inquiry.branch());
    }

    static BranchName of(BranchXid xid) {
        return new BranchName(xid.gid(), xid.number());
    }

    @Override
    public String toString() {
        return "gid=" + gid + " branch=" + branch;
    }
}
