package io.coordkit.txn.tcc;

import io.coordkit.txn.tcc.OneDeciderState.Entry;
import io.coordkit.txn.tcc.OneDeciderState.Guarded;
import io.coordkit.txn.tcc.OneDeciderState.Run;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that can happen to one transaction, in every order: messages are lost, repeated and late, coordinators die
 * or are taken for dead, the deadline passes, participants ask at any time. Small enough to be looked through whole.
 */
final class OneDeciderModel {
    private static final int ALL = 3;

    private final OneDeciderFault fault;
    private final Map<OneDeciderState, List<OneDeciderState>> reached = new HashMap<>();

    OneDeciderModel(OneDeciderFault fault) {
        this.fault = fault;
    }

    /** Looks at every state that can be reached. */
    OneDeciderModel explore() {
        Deque<OneDeciderState> open = new ArrayDeque<>(List.of(OneDeciderState.START));
        while (!open.isEmpty()) {
            OneDeciderState state = open.pop();
            if (!reached.containsKey(state)) {
                List<OneDeciderState> next = next(state);
                reached.put(state, next);
                open.addAll(next);
            }
        }
        return this;
    }

    int size() {
        return reached.size();
    }

    /** The states in which the rule is broken. */
    List<OneDeciderState> inconsistent() {
        return reached.keySet().stream().filter(state -> !state.isConsistent()).toList();
    }

    /** The states from which a reservation can never be ended. */
    List<OneDeciderState> stuck() {
        Map<OneDeciderState, List<OneDeciderState>> before = new HashMap<>();
        reached.forEach((state, next) -> next.forEach(
                each -> before.computeIfAbsent(each, any -> new ArrayList<>()).add(state)));
        Deque<OneDeciderState> open = new ArrayDeque<>(
                reached.keySet().stream().filter(OneDeciderState::isSettled).toList());
        Set<OneDeciderState> ending = new HashSet<>();
        while (!open.isEmpty()) {
            OneDeciderState state = open.pop();
            if (ending.add(state)) {
                open.addAll(before.getOrDefault(state, List.of()));
            }
        }
        return reached.keySet().stream()
                .filter(state -> !ending.contains(state))
                .toList();
    }

    private List<OneDeciderState> next(OneDeciderState state) {
        List<OneDeciderState> next = new ArrayList<>();
        next.add(state.pastDeadline());
        next.add(state.withoutLease());
        purge(state, next);
        for (int i = 0; i < 2; i++) {
            run(state, i, next);
            deliver(state, i, next);
            inquire(state, i, next);
        }
        boolean carriesOn = state.gone() && state.entry() != Entry.NONE;
        if (carriesOn) {
            next.add(state.told(state.entry()));
        } else if (state.gone() && fault == OneDeciderFault.CLAIMANT_CANCELS_WHAT_IS_UNDECIDED) {
            next.add(state.told(Entry.ABORT));
        }
        return next;
    }

    private void run(OneDeciderState state, int run, List<OneDeciderState> next) {
        switch (state.runs().get(run)) {
            case IDLE -> next.add(state.with(run, Run.TRYING));
            case TRYING -> {
                next.add(state.with(run, Run.ABORT_SENT));
                next.add(state.with(run, Run.DEAD));
                if (state.acks().get(run) == ALL) {
                    OneDeciderState sent = state.with(run, Run.COMMIT_SENT);
                    boolean hasty = fault == OneDeciderFault.CONFIRM_IS_SENT_BEFORE_THE_DECISION;
                    next.add(hasty ? sent.told(Entry.COMMIT) : sent);
                }
                if (fault == OneDeciderFault.BEGINNER_CANCELS_WITHOUT_A_RECORD) {
                    next.add(state.with(run, Run.TOLD).told(Entry.ABORT));
                }
            }
            case COMMIT_SENT -> {
                next.add(state.with(run, Run.DEAD_COMMIT_SENT));
                OneDeciderState written = written(state, Entry.COMMIT);
                next.add(written.with(run, Run.TOLD).told(written.entry()));
            }
            case ABORT_SENT -> {
                next.add(state.with(run, Run.DEAD));
                OneDeciderState written = written(state, Entry.ABORT);
                next.add(written.with(run, Run.TOLD).told(written.entry()));
            }
            case DEAD_COMMIT_SENT -> next.add(written(state, Entry.COMMIT).with(run, Run.DEAD));
            case TOLD, DEAD -> {}
        }
    }

    private OneDeciderState written(OneDeciderState state, Entry proposed) {
        if (state.entry() != Entry.NONE && fault != OneDeciderFault.LAST_DECISION_STANDS) {
            return state;
        }
        boolean tooLate = state.late() && fault != OneDeciderFault.COMMIT_IS_WRITTEN_AFTER_THE_DEADLINE;
        return state.with(proposed == Entry.COMMIT && tooLate ? Entry.ABORT : proposed);
    }

    private static void deliver(OneDeciderState state, int branch, List<OneDeciderState> next) {
        Guarded row = state.guards().get(branch);
        boolean begun = state.runs().stream().anyMatch(run -> run != Run.IDLE);
        if (begun && row != Guarded.CANCELLED) {
            OneDeciderState tried = row == Guarded.NOTHING ? state.with(branch, Guarded.TRIED) : state;
            next.add(tried);
            for (int run = 0; run < 2; run++) {
                if (state.runs().get(run) == Run.TRYING) {
                    next.add(tried.acknowledged(run, branch));
                }
            }
        }
        if (state.confirms() && row == Guarded.TRIED) {
            next.add(state.with(branch, Guarded.CONFIRMED));
        }
        if (state.cancels() && (row == Guarded.TRIED || row == Guarded.NOTHING)) {
            next.add(state.with(branch, Guarded.CANCELLED));
        }
    }

    private void inquire(OneDeciderState state, int branch, List<OneDeciderState> next) {
        if (state.guards().get(branch) != Guarded.TRIED || fault == OneDeciderFault.NOBODY_INQUIRES) {
            return;
        }
        if (fault == OneDeciderFault.TTL_CANCELS_BY_ITSELF) {
            next.add(state.with(branch, Guarded.CANCELLED));
        }
        if (state.entry() == Entry.COMMIT) {
            next.add(state.with(branch, Guarded.CONFIRMED));
        } else if (state.entry() == Entry.ABORT) {
            next.add(state.with(branch, Guarded.CANCELLED));
        } else if (state.late() || state.gone()) {
            boolean recorded = fault != OneDeciderFault.INQUIRY_IS_ANSWERED_WITHOUT_A_RECORD;
            OneDeciderState written = recorded ? state.with(Entry.ABORT) : state;
            next.add(written);
            next.add(written.with(branch, Guarded.CANCELLED));
        }
    }

    /** A commit goes only when both branches have confirmed, and nobody runs the gid any more. */
    private void purge(OneDeciderState state, List<OneDeciderState> next) {
        boolean early = fault == OneDeciderFault.TOMBSTONE_IS_PURGED_BEFORE_THE_DEADLINE;
        if (state.entry() == Entry.ABORT && (state.late() || early)) {
            next.add(state.with(Entry.NONE));
        }
        boolean confirmed = state.guards().stream().allMatch(row -> row == Guarded.CONFIRMED);
        boolean quiet = state.runs().stream().allMatch(run -> run == Run.TOLD || run == Run.DEAD);
        if (state.entry() == Entry.COMMIT && confirmed && quiet) {
            next.add(state.with(Entry.NONE));
        }
    }
}
