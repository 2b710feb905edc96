package io.coordkit.txn.tcc;

import java.util.List;

/**
 * One state of the model: one gid, one log, two branches, and two coordinators that may both run the gid.
 *
 * @param entry what the log has
 * @param late whether the deadline has passed
 * @param gone whether the lease of the coordinators is over, which they may not know
 * @param runs where each coordinator is with its run
 * @param acks which branches have acknowledged their try to it, as bits
 * @param guards the branches' guard rows
 * @param confirms whether confirms were sent, or somebody was answered "committed"; from then on they arrive at any time
 * @param cancels the same of cancels and "aborted"
 */
record OneDeciderState(
        Entry entry,
        boolean late,
        boolean gone,
        List<Run> runs,
        List<Integer> acks,
        List<Guarded> guards,
        boolean confirms,
        boolean cancels) {
    static final OneDeciderState START = new OneDeciderState(
            Entry.NONE,
            false,
            false,
            List.of(Run.IDLE, Run.IDLE),
            List.of(0, 0),
            List.of(Guarded.NOTHING, Guarded.NOTHING),
            false,
            false);

    /** The log's row. */
    enum Entry {
        NONE,
        COMMIT,
        ABORT
    }

    /** A coordinator's run; a write that was sent may arrive after its sender has died. */
    enum Run {
        IDLE,
        TRYING,
        COMMIT_SENT,
        ABORT_SENT,
        TOLD,
        DEAD,
        DEAD_COMMIT_SENT
    }

    /** A guard row. */
    enum Guarded {
        NOTHING,
        TRIED,
        CONFIRMED,
        CANCELLED
    }

    /** Whether nobody has been told two things, and no branch has gone another way than the rest. */
    boolean isConsistent() {
        boolean confirmed = confirms || guards.contains(Guarded.CONFIRMED);
        boolean cancelled = cancels || guards.contains(Guarded.CANCELLED);
        return !(confirmed && cancelled);
    }

    boolean isSettled() {
        return !guards.contains(Guarded.TRIED);
    }

    OneDeciderState with(Entry newEntry) {
        return new OneDeciderState(newEntry, late, gone, runs, acks, guards, confirms, cancels);
    }

    OneDeciderState with(int run, Run phase) {
        return new OneDeciderState(entry, late, gone, set(runs, run, phase), acks, guards, confirms, cancels);
    }

    OneDeciderState with(int branch, Guarded row) {
        return new OneDeciderState(entry, late, gone, runs, acks, set(guards, branch, row), confirms, cancels);
    }

    OneDeciderState acknowledged(int run, int branch) {
        return new OneDeciderState(
                entry, late, gone, runs, set(acks, run, acks.get(run) | (1 << branch)), guards, confirms, cancels);
    }

    OneDeciderState pastDeadline() {
        return new OneDeciderState(entry, true, gone, runs, acks, guards, confirms, cancels);
    }

    OneDeciderState withoutLease() {
        return new OneDeciderState(entry, late, true, runs, acks, guards, confirms, cancels);
    }

    /** Somebody carries out what stands, and says so. */
    OneDeciderState told(Entry standing) {
        return new OneDeciderState(
                entry,
                late,
                gone,
                runs,
                acks,
                guards,
                confirms || standing == Entry.COMMIT,
                cancels || standing == Entry.ABORT);
    }

    private static <T> List<T> set(List<T> list, int index, T value) {
        return index == 0 ? List.of(value, list.get(1)) : List.of(list.get(0), value);
    }
}
