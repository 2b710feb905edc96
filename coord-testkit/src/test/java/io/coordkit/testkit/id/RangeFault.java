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
    I17_GIVES_OUT_AFTER_CLOSE;

    String rule() {
        return name().substring(0, name().indexOf('_'));
    }
}
