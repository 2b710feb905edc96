package io.coordkit.testkit.txn;

/** What a transaction log can do wrong, each against one rule. */
enum LogFault {
    NONE,
    T1_LOSES_WHAT_FOLLOWS_A_ZERO,
    T2_ANSWERS_WITH_THE_PROPOSAL,
    T3_LAST_DECISION_STANDS,
    T4_COMMITS_AFTER_THE_DEADLINE,
    T5_FORGETS_WHAT_IS_FINISHED,
    T6_LISTS_THE_NEWEST_FIRST,
    T7_RAISES_NO_EPOCH,
    T8_WRITES_ON_CLOSE,
    T9_IGNORES_CASE,
    T10_DECIDES_WHAT_IS_READ,
    T11_ACCEPTS_ANY_GID,
    T12_CLAIMS_FROM_THE_LIVING,
    T13_RENEWS_WHAT_WAS_REPLACED,
    T14_LEAVES_THE_TOMBSTONE_OPEN,
    T15_ABORTS_WHAT_IS_BEING_TRIED,
    T16_ANSWERS_BEFORE_IT_ABORTS;

    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
