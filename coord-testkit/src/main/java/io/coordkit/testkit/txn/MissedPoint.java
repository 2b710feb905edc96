package io.coordkit.testkit.txn;

import io.coordkit.testkit.TooLate;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What to make of a run of a crash matrix that has not come to its point, though the point was passed when nobody died. It
 * may come with time only, as the renewal of a lease does, and have been passed by chance.
 */
public final class MissedPoint {
    private static final int REPLAYS = 5;

    private MissedPoint() {}

    /**
     * Lets it pass if it is a matter of chance, and says so.
     *
     * @param run what was to come there
     * @param point as {@code replay} calls it
     * @param replay the points that are passed once more when nobody dies
     * @throws TooLate if it is passed every time
     */
    public static void allow(String run, String point, Supplier<Set<String>> replay) {
        if (Stream.generate(replay).limit(REPLAYS).allMatch(passed -> passed.contains(point))) {
            throw new TooLate(run + " has not come to where " + point, null);
        }
        System.out.println(run + " comes to where " + point + " by chance only");
    }
}
