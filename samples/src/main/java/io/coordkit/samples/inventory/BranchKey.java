package io.coordkit.samples.inventory;

import io.coordkit.txn.spi.BranchCall;

/** Which branch a call is about, the same at every repeat. */
record BranchKey(String gid, String branch) {
    static BranchKey of(BranchCall call) {
        return new BranchKey(call.gid(), call.branch());
    }
}
