package io.coordkit.testkit.txn;

/** What a participant's guard can do wrong, each against one rule. */
enum GuardFault {
    NONE,
    T21_CONFIRMS_AGAIN,
    T22_RUNS_THE_EMPTY_CANCEL,
    T23_FORGETS_ON_CANCEL,
    T24_CONFIRMS_WITHOUT_TRY,
    T25_IGNORES_THE_PAYLOAD,
    T26_IGNORES_THE_EPOCH,
    T27_REMEMBERS_THE_REFUSED,
    T28_KEEPS_THE_EFFECT_OF_A_FAILURE,
    T29_IGNORES_CASE,
    T30_GIVES_UP_UNDER_CONTENTION,
    T31_CANCELS_WHATEVER_IT_IS_TOLD,
    T32_TAKES_SILENCE_FOR_A_NO,
    T33_ASKS_WITH_ANOTHER_EPOCH,
    T34_ASKS_ABOUT_WHAT_IS_ENDED;

    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
