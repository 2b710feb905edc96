package io.coordkit.txn.twophase;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a branch of a three-phase commit ended by itself: its participant reached no coordinator for as long as it waits.
 * Immutable.
 *
 * @param gid of its transaction
 * @param branch its id within it
 * @param committed what it did by itself
 * @param at when, by its database's clock
 * @param decided what the log told later: true for a commit; null while nobody could tell
 */
public record LoneEnding(
        String gid,
        String branch,
        boolean committed,
        Instant at,
        @Nullable Boolean decided) {

    /** Whether it did the opposite of what was decided: a heuristic outcome, which a person has to put right. */
    public boolean isContradicted() {
        return decided != null && decided != committed;
    }
}
