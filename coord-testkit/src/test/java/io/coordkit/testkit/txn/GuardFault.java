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
    T30_GIVES_UP_UNDER_CONTENTION;

    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
