package io.coordkit.id.segment;

/** How the threads of a process share its ranges; named for what the ids keep. */
public enum SegmentMode {
    /** One sequence: an id asked for after another was received is greater, whichever threads did so. */
    STRICT,
    /**
     * A block of ids for each thread: ids ascend within a thread, and on the whole. Faster, as threads meet once a block.
     * What is left of a block when its thread ends is never issued.
     */
    STRIPED
}
