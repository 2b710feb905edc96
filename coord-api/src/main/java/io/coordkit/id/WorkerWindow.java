package io.coordkit.id;

import java.time.Instant;

/**
 * The times that one owner of a worker number may put into ids, recorded in the store before it learns of them. The
 * windows of different owners of one number never overlap. In whole milliseconds. Immutable.
 *
 * @param storeNow the store's clock when the window was recorded
 * @param from the first time that may be used: right after the last that an earlier owner may have used, often long past
 * @param until the last time that may be used; before {@code from} when there is none yet, and renewing later helps
 */
public record WorkerWindow(Instant storeNow, Instant from, Instant until) {
    /** The {@code until} of a window that needs no renewal. */
    public static final Instant ENDLESS = Instant.parse("9999-12-31T23:59:59Z");

    /** Whether it needs no renewal, because no store knows of it. */
    public boolean isEndless() {
        return until.equals(ENDLESS);
    }
}
