package io.coordkit.id.snowflake;

/** What happened in simulations. */
record ChaosTally(long ids, long refused, long lost, long handOvers, long starts) {
    static final ChaosTally NONE = new ChaosTally(0, 0, 0, 0, 0);

    ChaosTally plus(ChaosTally other) {
        return new ChaosTally(
                ids + other.ids,
                refused + other.refused,
                lost + other.lost,
                handOvers + other.handOvers,
                starts + other.starts);
    }
}
