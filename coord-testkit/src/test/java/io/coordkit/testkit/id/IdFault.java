package io.coordkit.testkit.id;

/** What a generator can do wrong, each against one rule. */
enum IdFault {
    NONE,
    I1_BEGINS_BELOW_ZERO,
    I2_WRAPS_AROUND,
    I3_ISSUES_PAIRS_BACKWARDS,
    I4_GIVES_EACH_THREAD_A_BLOCK,
    I5_FILLS_WITHOUT_CLAIMING_THE_LAST,
    I6_ISSUES_AFTER_CLOSE,
    I7_FORGETS_ITS_TAG,
    I8_ACCEPTS_ANY_TAG,
    I9_SWALLOWS_INTERRUPTS;

    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
