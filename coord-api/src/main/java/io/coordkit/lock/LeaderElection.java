package io.coordkit.lock;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate in an election: of all that stand under a name, in whatever process, one leads at a time, as far as the
 * backend's {@link LockGuarantees} go. Who leads is told by {@link Leader#lead}, on a daemon thread of this candidate's
 * own; when that returns it stands again, behind the others that wait.
 *
 * <p>A leader is a holder of the lock of that name. After a pause of the process two may think that they lead, until the
 * older one looks: only the term's token, enforced at the resource, protects writes at all times.
 *
 * <p>Thread-safe. It stands from {@link #stand} to {@link #close}.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaderElection.class);
    private static final Duration A_LONG_TIME = Duration.ofDays(1);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
    private static final int LEAST_PAUSE_MILLIS = 500;
    private static final int MOST_PAUSE_MILLIS = 1_500;

    private final Mutex mutex;
    private final Leader leader;
    private final Thread thread;
    private volatile @Nullable Hold leadership;
    private volatile boolean closed;

    private LeaderElection(Mutex mutex, Leader leader) {
        this.mutex = mutex;
        this.leader = leader;
        this.thread = new Thread(this::standUntilClosed, "coordkit-election-" + LockNames.printable(mutex.name()));
        thread.setDaemon(true);
    }

    /**
     * Stands in the election of that name.
     *
     * @param locks stays the caller's to close, after the election
     * @param name that of the lock that the leader holds
     * @param leader what to do when elected
     */
    public static LeaderElection stand(LockClient locks, String name, Leader leader) {
        LeaderElection election = new LeaderElection(locks.mutex(name), leader);
        election.thread.start();
        return election;
    }

    /** Whether this candidate leads now. No I/O. */
    public boolean isLeader() {
        Hold now = leadership;
        return now != null && now.isHeld();
    }

    /** The fencing token of the term in which this candidate leads, if it does. No I/O. */
    public OptionalLong token() {
        Hold now = leadership;
        return now != null && now.isHeld() ? OptionalLong.of(now.token()) : OptionalLong.empty();
    }

    private void standUntilClosed() {
        while (!closed) {
            try {
                mutex.<Long, LeaderFailed>call(A_LONG_TIME, this::lead);
            } catch (LockTimeoutException stillWaiting) {
                log.debug("Still not leader of '{}'", label());
            } catch (InterruptedException e) {
                log.debug("Interrupted; {}", closed ? "the election is closed" : "standing again");
            } catch (LockLostException lost) {
                log.warn("No longer leader of '{}': {}; standing again", label(), lost.getMessage());
            } catch (LockUnreachableException e) {
                log.warn("Cannot stand for leader of '{}': {}; trying again", label(), e.getMessage());
                pause();
            } catch (IllegalStateException clientClosed) {
                log.warn("No longer standing for leader of '{}': {}", label(), clientClosed.getMessage());
                return;
            } catch (LeaderFailed e) {
                log.error(
                        "The leader of '{}' failed; another may lead now, and this one stands again",
                        label(),
                        e.getCause());
                pause();
            }
        }
    }

    /** What the leader threw, whatever it is: nothing of it is taken for an answer of the lock. */
    private static final class LeaderFailed extends Exception {
        private static final long serialVersionUID = 1L;

        LeaderFailed(Exception cause) {
            super(cause);
        }
    }

    /** Leads for a term; returns its token. */
    private long lead(Hold hold) throws InterruptedException, LeaderFailed {
        log.info("Leader of '{}' with token {}", label(), hold.token());
        leadership = hold;
        try {
            leader.lead(hold);
            return hold.token();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new LeaderFailed(e);
        } finally {
            leadership = null;
        }
    }

    /** So that a candidate in trouble neither spins nor beats the others to the next term. */
    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS));
        } catch (InterruptedException e) {
            log.debug("Interrupted; {}", closed ? "the election is closed" : "standing again");
        }
    }

    private String label() {
        return LockNames.printable(mutex.name());
    }

    /**
     * Stands no more. A leader is interrupted, and its term ends when it returns, which is waited for up to 5 seconds.
     * Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSE_WAIT.toMillis());
            if (thread.isAlive()) {
                log.warn(
                        "The leader of '{}' was interrupted {} ago and goes on; its term ends when it returns",
                        label(),
                        CLOSE_WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
