package io.coordkit.lock.redlock.model;

/**
 * The rules of the protocol, each of which can be left out to see that the checker notices.
 *
 * @param delayedRestart a node that has lost its data does not vote until the max TTL has passed
 * @param highWater a node votes only for values above all it has voted for
 * @param oneValue a majority is one of votes for the same value
 * @param withdrawByValue a vote that is taken back is taken back at its value only
 * @param skew by how much the second client's clock is behind the first's, in values
 */
record ModelRules(boolean delayedRestart, boolean highWater, boolean oneValue, boolean withdrawByValue, int skew) {

    /** All of them, and clocks that differ by less than the max TTL less the time a round may take. */
    static final ModelRules ALL = new ModelRules(true, true, true, true, 3);

    ModelRules withoutDelayedRestart() {
        return new ModelRules(false, highWater, oneValue, withdrawByValue, skew);
    }

    ModelRules withoutHighWater() {
        return new ModelRules(delayedRestart, false, oneValue, withdrawByValue, skew);
    }

    ModelRules withoutOneValue() {
        return new ModelRules(delayedRestart, highWater, false, withdrawByValue, skew);
    }

    ModelRules withoutWithdrawByValue() {
        return new ModelRules(delayedRestart, highWater, oneValue, false, skew);
    }

    ModelRules withSkew(int values) {
        return new ModelRules(delayedRestart, highWater, oneValue, withdrawByValue, values);
    }
}
