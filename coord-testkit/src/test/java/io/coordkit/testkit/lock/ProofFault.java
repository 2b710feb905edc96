package io.coordkit.testkit.lock;

/** One way each to break a rule that takes many processes, clients or threads to see. */
enum ProofFault {
    NONE,
    /** Each process is the only one that it knows of. */
    L36_EACH_PROCESS_LOCKS_FOR_ITSELF,
    L37_A_RELEASE_WAKES_ALL,
    /** Each lock of a client has a connection of its own, and nobody closes it. */
    L38_CONNECTIONS_STAY,
    /** Only the thread that asked can give up what it was given. */
    L39_A_GRANT_BELONGS_TO_A_THREAD
}
