package io.coordkit.testkit.txn;

/** What a transaction log can do wrong, each against one rule. */
enum LogFault {
    NONE,
    T1_LOSES_WHAT_FOLLOWS_A_ZERO,
    T2_BEGINS_AGAIN,
    T3_LAST_DECISION_STANDS,
    T4_COMMITS_AFTER_THE_DEADLINE,
    T5_FINISHES_THE_UNDECIDED,
    T6_LISTS_THE_NEWEST_FIRST,
    T7_RAISES_NO_EPOCH,
    T8_WRITES_ON_CLOSE,
    T9_IGNORES_CASE,
    T10_DECIDES_THE_UNKNOWN,
    T11_ACCEPTS_ANY_GID;

    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
