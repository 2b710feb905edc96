package io.coordkit.observe;

import java.time.Duration;
import java.time.Instant;

/** What happened. New kinds may be added: treat an unknown one as one to ignore. */
public interface CoordEvent {

    /**
     * A lock was given to a caller.
     *
     * @param waited from the call to the hold
     * @param handedOver whether it passed from one waiter of this client to the next, without the store
     */
    record LockAcquired(String lock, long token, Duration waited, boolean handedOver) implements CoordEvent {}

    /** A lock was given up by its holder. */
    record LockReleased(String lock, long token, Duration held) implements CoordEvent {}

    /** A lock was lost while held. */
    record LockLost(String lock, long token, String reason) implements CoordEvent {}

    /** A wait ended without the lock: busy, cancelled, or the store unreachable. */
    record LockNotAcquired(String lock, String reason, Duration waited) implements CoordEvent {}

    /** The store failed to answer; the call was one of request, renew, abandon. */
    record LockCallFailed(String lock, String call, String error) implements CoordEvent {}

    /**
     * An operator has taken a lock from its holder through this client.
     *
     * @param immediately whether the next one may hold before the holder has been told
     */
    record LockForced(String lock, String holder, long token, String reason, boolean immediately)
            implements CoordEvent {}

    /** A range of ids was taken from its allocator. */
    record IdRangeAllocated(String tag, long from, long to, Duration took) implements CoordEvent {}

    /** A generator had to wait for its clock or its allocator. */
    record IdStalled(String tag, String reason, Duration waited) implements CoordEvent {}

    /**
     * A generator has got a worker number.
     *
     * @param source where from, for example {@code redis} or {@code fixed}
     * @param from the first time it may put into an id
     */
    record WorkerLeaseAcquired(String tag, int worker, String source, Instant from) implements CoordEvent {}

    /** A generator may issue ids up to that time now. */
    record WorkerLeaseRenewed(String tag, int worker, Instant until) implements CoordEvent {}

    /** The worker store did not answer; what is reserved can still be used. */
    record WorkerLeaseRenewalFailed(String tag, int worker, String error) implements CoordEvent {}

    /** A worker number belongs to another generator now, and this one has stopped. */
    record WorkerLeaseLost(String tag, int worker, String reason) implements CoordEvent {}

    /** A generator has given its worker number back, having used no time after that. */
    record WorkerLeaseReleased(String tag, int worker, Instant lastUsed) implements CoordEvent {}

    /** The branches of a transaction are about to be tried. */
    record TxnBegan(String gid, int branches) implements CoordEvent {}

    /** The decision is durable. */
    record TxnDecided(String gid, boolean committed, String reason, Duration sinceBegin) implements CoordEvent {}

    /** A branch answered, or failed to; {@code operation} is TRY, CONFIRM or CANCEL. */
    record TxnBranchCalled(String gid, String branch, String operation, int attempt, String result)
            implements CoordEvent {}

    /** Every branch has acknowledged the decision. */
    record TxnFinished(String gid, boolean committed, Duration sinceBegin) implements CoordEvent {}

    /** A coordinator has given up on a branch of a decided transaction, which stays unfinished until a person looks. */
    record TxnNeedsAttention(String gid, String trouble) implements CoordEvent {}

    /** A coordinator has claimed this many transactions that another, or an earlier start of it, left unfinished. */
    record TxnRecovered(int unfinished) implements CoordEvent {}
}
