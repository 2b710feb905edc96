package io.coordkit.lock;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A closable handle on a {@link Possession}. */
final class LockHold implements Hold {
    private final NamedLock lock;
    private final Possession possession;
    private final AtomicBoolean closed = new AtomicBoolean();

    LockHold(NamedLock lock, Possession possession) {
        this.lock = lock;
        this.possession = possession;
    }

    @Override
    public String name() {
        return lock.name();
    }

    @Override
    public long token() {
        return possession.token();
    }

    @Override
    public Duration remaining() {
        return closed.get() || possession.lost() != null
                ? Duration.ZERO
                : possession.tenure().remaining();
    }

    @Override
    public boolean isHeld() {
        return !remaining().isZero();
    }

    @Override
    public void check() {
        requireOpen();
        if (possession.lost() == null && possession.tenure().remaining().isZero()) {
            lock.expired(possession.tenure());
        }
        String reason = possession.lost();
        if (reason != null) {
            throw lostBecause(reason);
        }
    }

    @Override
    public Hold reenter() {
        check();
        String reason = lock.reenter(possession);
        if (reason != null) {
            throw lostBecause(reason);
        }
        return new LockHold(lock, possession);
    }

    @Override
    public void onLost(Runnable action) {
        lock.listen(possession, this, action);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            lock.release(possession, this);
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    private void requireOpen() {
        if (isClosed()) {
            throw new IllegalStateException("Hold of lock '" + name() + "' is closed");
        }
    }

    private LockLostException lostBecause(String reason) {
        return new LockLostException(name(), "lost with token " + token() + ": " + reason, null);
    }

    @Override
    public String toString() {
        return "Hold[" + name() + ", token " + token() + (isHeld() ? "]" : ", not held]");
    }
}
