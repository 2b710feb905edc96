package io.coordkit.lock;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one holder has: a token, shared by the hold and those re-entered from it. Guarded by the {@link NamedLock},
 * except where a field is volatile.
 */
final class Possession {
    private final Tenure tenure;
    private final long token;
    private final long since;
    private final List<Listener> onLost = new ArrayList<>(0);
    private int open = 1;
    private volatile @Nullable String lost;

    private record Listener(LockHold hold, Runnable action) {}

    Possession(Tenure tenure, long token, long since) {
        this.tenure = tenure;
        this.token = token;
        this.since = since;
    }

    Tenure tenure() {
        return tenure;
    }

    long token() {
        return token;
    }

    long since() {
        return since;
    }

    /** Why it was lost; null while it was not. Readable without the guard. */
    @Nullable
    String lost() {
        return lost;
    }

    /** Adds one; false if the last has left. */
    boolean enter() {
        if (open > 0) {
            open++;
        }
        return open > 0;
    }

    /** Takes one away, with what it wanted to know; true if that was the last. */
    boolean leave(LockHold hold) {
        onLost.removeIf(listener -> listener.hold() == hold);
        open--;
        return open == 0;
    }

    void listen(LockHold hold, Runnable action) {
        onLost.add(new Listener(hold, action));
    }

    /** Marks it lost and says who wants to know. */
    List<Runnable> lose(String reason) {
        lost = reason;
        return onLost.stream().map(Listener::action).toList();
    }
}
