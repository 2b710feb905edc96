package io.coordkit.testkit.lock;

/** One way each to break a rule of the lock contract, named after the rule. */
enum LockFault {
    NONE,
    /** Shows in L2 as well: the tokens of two holders at a time interleave. */
    L1_GRANTS_A_HELD_LOCK_NOW_AND_THEN,
    L2_REPEATS_A_TOKEN,
    L3_REENTRY_DOES_NOT_COUNT,
    L4_BUSY_IS_CALLED_UNREACHABLE,
    L5_CANCELLING_DOES_NOT_WITHDRAW,
    L6_A_REPEAT_IS_A_NEW_GRANT,
    L7_RENEWALS_DO_NOT_EXTEND,
    L8_THE_DEADLINE_IS_TOO_LATE,
    L9_DEAD_HOLDERS_STAY,
    L10_RENEWALS_OF_LOST_LOCKS_SUCCEED,
    L11_RELEASES_WHOEVER_HOLDS,
    L12_A_LONE_WAITER_IS_NOT_WOKEN,
    L13_A_LEAVING_WAITER_KEEPS_ITS_WAKE_UP,
    L14_IGNORES_CASE,
    L15_ACCEPTS_ANY_NAME,
    L16_UNREACHABLE_IS_CALLED_BUSY,
    L17_CLOSE_DOES_NOTHING,
    L18_A_RELEASED_LOCK_RESTS_A_WHILE,
    L19_RENEWS_AFTER_RELEASE,
    L20_THE_SHORTEST_TTL_ENDS_THE_QUEUE;

    /** The number of the rule it breaks. */
    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
