package io.coordkit.testkit.id;

/** What a source of worker numbers can do wrong, each against one rule. */
enum WorkerFault {
    NONE,
    I20_WRITES_WITHOUT_COMPARING,
    I21_DOES_NOT_SAY_WHY_THERE_IS_NONE,
    I22_FREES_A_NUMBER_ONCE_ONLY,
    I23_FREES_TOO_EARLY,
    I24_STARTS_IN_THE_LAST_OWNERS_WINDOW,
    I25_RESERVES_MORE_ON_RENEWAL,
    I26_STARTS_A_NEW_NUMBER_AT_ONCE,
    I27_KEEPS_WHAT_IS_LOST,
    I28_GIVES_NOTHING_BACK,
    I29_GIVES_BACK_WHAT_IS_NOT_ITS_OWN,
    I30_IGNORES_CASE,
    I31_ACCEPTS_ANYTHING,
    I32_GIVES_OUT_AFTER_CLOSE,
    I33_GIVES_UP_WHAT_NOBODY_HAS_TAKEN,
    I34_GOES_ON_WITHOUT_A_RECORD;

    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
