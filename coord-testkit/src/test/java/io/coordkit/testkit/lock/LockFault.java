package io.coordkit.testkit.lock;

import java.util.Set;

/** One way each to break a rule of the lock contract, named after the rule. */
enum LockFault {
    NONE,
    /** The tokens of two holders at a time interleave. */
    L1_GRANTS_A_HELD_LOCK_NOW_AND_THEN("L2"),
    /** Shows wherever tokens are compared. */
    L2_REPEATS_A_TOKEN("L26", "L29", "L30", "L33", "L42", "L43", "L44", "L47", "L48"),
    L3_REENTRY_DOES_NOT_COUNT,
    L4_BUSY_IS_CALLED_UNREACHABLE,
    L5_CANCELLING_DOES_NOT_WITHDRAW("L34"),
    L6_A_REPEAT_IS_A_NEW_GRANT,
    /** Shows wherever the store cannot renew. */
    L7_ONLY_THE_FIRST_RENEWAL_EXTENDS("L27", "L29", "L30", "L47"),
    /** Shows wherever a deadline passes, or has passed. */
    L8_THE_DEADLINE_IS_TOO_LATE("L24", "L30", "L32"),
    /** Shows wherever somebody waits for a TTL to pass. */
    L9_DEAD_HOLDERS_STAY("L24", "L29", "L30", "L45", "L58"),
    /** Shows wherever a loss has to be noticed. */
    L10_RENEWALS_OF_LOST_LOCKS_SUCCEED("L20", "L21", "L42", "L44", "L47", "L48"),
    /** Shows wherever a loser gives up what the next one has. */
    L11_RELEASES_WHOEVER_HOLDS("L21", "L48", "L56"),
    /** Shows wherever the last of several is woken, or one of two. */
    L12_A_LONE_WAITER_IS_NOT_WOKEN("L1", "L2", "L33", "L34", "L41", "L43", "L58"),
    L13_A_LEAVING_WAITER_KEEPS_ITS_WAKE_UP,
    L14_IGNORES_CASE,
    L15_ACCEPTS_ANY_NAME,
    /** Shows wherever the store is out of reach. */
    L16_UNREACHABLE_IS_CALLED_BUSY("L29", "L32"),
    /** Shows wherever a client closes to give up what it has. */
    L17_CLOSE_DOES_NOTHING("L46"),
    /** Shows wherever a lock is asked for right after its release. */
    L18_A_RELEASED_LOCK_RESTS_A_WHILE("L25", "L34"),
    L19_RENEWS_AFTER_RELEASE,
    /** A leader is called in the same way. */
    L20_CALL_DOES_NOT_MIND_A_LOSS("L44"),
    L21_ANYBODY_MAY_UNLOCK,
    L22_THE_SHORTEST_TTL_ENDS_THE_QUEUE,
    /** The repeat is the same as that of L6. */
    L23_A_REPEAT_HOLDS_TWICE("L6"),
    L24_CHECK_KNOWS_ONLY_WHAT_IT_WAS_TOLD,
    L25_A_RELEASE_WAKES_ALL,
    L26_HAND_OVER_HAS_NO_BOUND,
    L27_RENEWS_NO_MORE_THAN_FIVE,
    L28_A_DEAD_STORE_HAS_NO_NAME,
    L29_NO_ANSWER_IS_A_LOSS,
    /** Who is not asked any more does not know that the store is out of reach. */
    L30_A_FAILURE_ENDS_THE_ASKING("L29"),
    L31_THE_TTL_IS_FORCED_INTO_ITS_RANGE,
    L32_THE_ROUND_TRIP_IS_NOT_TOLD,
    L33_LAST_COME_FIRST_SERVED,
    L33_FAIR_IS_NOT_REFUSED,
    L34_A_FAIR_CLIENT_RESTS,
    /** Shows wherever locks that were taken together are wanted again. */
    L40_WHAT_WAS_TAKEN_TOGETHER_STAYS("L41", "L42"),
    /** Names are mixed up by it. */
    L41_THREE_ARE_TAKEN_BACKWARDS("L40", "L42"),
    L42_NOBODY_IS_TOLD_OF_A_LOSS_OF_SEVERAL,
    /** Whoever calls under no lock cannot lose it. */
    L43_EVERYBODY_LEADS("L20", "L44"),
    /** Told by the same interrupt as L20. */
    L44_A_LEADER_IS_NOT_INTERRUPTED("L20"),
    L45_NOBODY_EVER_WAITS,
    L46_THE_LIST_IGNORES_THE_PREFIX,
    L47_A_FORCED_RELEASE_IS_IMMEDIATE,
    L48_AN_IMMEDIATE_RELEASE_DOES_NOTHING,
    L49_FREE_LOCKS_ARE_HELD_BY_NOBODY("L45", "L47"),
    /** They are in two queues. */
    L50_READERS_DO_NOT_SEE_WRITERS("L51", "L52", "L53", "L54", "L55", "L56"),
    L51_EACH_READER_HAS_A_TOKEN_OF_ITS_OWN("L56"),
    L52_READERS_OVERTAKE_WRITERS("L53", "L54", "L55"),
    /** Shows wherever a reader waits. */
    L53_A_WAITING_READER_IS_NOT_WOKEN("L50", "L51", "L52", "L55"),
    L54_DEAD_READERS_STAY,
    /** Shows wherever a writer looks in and leaves. */
    L55_A_WRITER_THAT_GIVES_UP_STAYS("L50", "L51", "L56"),
    L56_RENEWALS_OF_LOST_READERS_SUCCEED,
    L57_ONE_PERMIT_MORE("L58"),
    L58_A_PERMIT_THAT_IS_GIVEN_UP_STAYS("L57"),
    L59_PERMITS_ARE_FORCED_INTO_THEIR_RANGE;

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
