package io.coordkit.txn.core;

/** What becomes of one operation on a disk. */
enum DiskFault {
    /** It fails and does nothing; a force that fails like this loses what it was to write, for good. */
    NOT_DONE,
    /** A write puts half of its bytes there and fails; anything else is not done. */
    HALF_DONE,
    /** It is done, and reported as failed. */
    DONE
}
