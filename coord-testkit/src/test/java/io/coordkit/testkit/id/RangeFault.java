package io.coordkit.testkit.id;

/** What an allocator of ranges can do wrong, each against one rule. */
enum RangeFault {
    NONE,
    I11_WRITES_WHAT_ANOTHER_HAS_READ,
    I12_TAKES_RANGES_IN_ADVANCE,
    I13_PUTS_ALL_BACK_ON_CLOSE,
    I14_IGNORES_CASE,
    I15_CUTS_LONG_TAGS,
    I16_ACCEPTS_ANY_TAG,
    I17_GIVES_OUT_AFTER_CLOSE,
    I40_KEEPS_TO_ITS_STEP,
    I41_LOSES_WHAT_IT_TAKES_BACK,
    I42_TAKES_ANY_END_BACK,
    I43_FORGETS_THE_NEWEST_IN_A_CRASH;

    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
