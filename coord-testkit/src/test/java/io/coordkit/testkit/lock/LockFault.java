package io.coordkit.testkit.lock;

import java.util.Set;

/** One way each to break a rule of the lock contract, named after the rule. */
enum LockFault {
    NONE,
    /** May show in L2 as well: the tokens of two holders at a time interleave. */
    L1_GRANTS_A_HELD_LOCK_NOW_AND_THEN("L2"),
    L2_REPEATS_A_TOKEN,
    L3_REENTRY_DOES_NOT_COUNT,
    L4_BUSY_IS_CALLED_UNREACHABLE,
    L5_CANCELLING_DOES_NOT_WITHDRAW,
    L6_A_REPEAT_IS_A_NEW_GRANT,
    L7_RENEWALS_DO_NOT_EXTEND,
    L8_THE_DEADLINE_IS_TOO_LATE,
    L9_DEAD_HOLDERS_STAY,
    /** Shows wherever a loss has to be noticed. */
    L10_RENEWALS_OF_LOST_LOCKS_SUCCEED("L20", "L21"),
    /** Shows wherever a loser gives up what the next one has. */
    L11_RELEASES_WHOEVER_HOLDS("L21"),
    L12_A_LONE_WAITER_IS_NOT_WOKEN,
    L13_A_LEAVING_WAITER_KEEPS_ITS_WAKE_UP,
    L14_IGNORES_CASE,
    L15_ACCEPTS_ANY_NAME,
    L16_UNREACHABLE_IS_CALLED_BUSY,
    L17_CLOSE_DOES_NOTHING,
    L18_A_RELEASED_LOCK_RESTS_A_WHILE,
    L19_RENEWS_AFTER_RELEASE,
    L20_CALL_DOES_NOT_MIND_A_LOSS,
    L21_ANYBODY_MAY_UNLOCK,
    L22_THE_SHORTEST_TTL_ENDS_THE_QUEUE;

    private final String mayShowIn;

    LockFault(String... mayShowIn) {
        this.mayShowIn = String.join(" ", mayShowIn);
    }

    /** The rules beside its own that may fail by it. */
    Set<String> mayShowIn() {
        return Set.of(mayShowIn.split(" "));
    }

    /** The number of the rule it breaks. */
    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
