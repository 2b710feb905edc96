package io.coordkit.txn.tcc;

import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.coordinator.CoordinatedService;
import io.coordkit.txn.coordinator.Coordinator;
import io.coordkit.txn.coordinator.CoordinatorBuilder;

/**
 * Coordinates TCC transactions inside the application, on a durable log that several coordinators may share.
 *
 * <p><b>Promised:</b> an outcome that was answered is in the log, and every branch follows it, through crashes of this
 * process, of participants and of their databases, as soon as all are up again. No branch is confirmed before the commit
 * is durable, none cancelled before the abort is. What a coordinator has decided is carried out by another one on the
 * same log when its lease is over, or at once when it was closed, or started again under the same name. What it had not
 * decided is aborted when the participants ask.
 *
 * <p><b>Not promised:</b> an end of the second phase while a participant is down or its guard refuses: after a bounded
 * number of attempts the transaction needs attention, stays {@link Tcc#unfinished}, and is never forgotten; see
 * {@link Tcc#admin}.
 *
 * <p><b>How.</b> Branches are tried in parallel; the decision, with all branches and payloads, is inserted into the log
 * unless it has one, in one forced write; then the caller has its answer. Confirms and cancels follow in the background,
 * each branch for itself. When the log does not answer, the caller is told {@link Outcome.Unknown}, and the log is asked
 * in the background until it says what stands.
 *
 * <p>In {@link io.coordkit.CoordkitConfig} properties, below {@code coordkit.tcc}: {@code log} (required), a JDBC URL, then
 * with {@code user} and {@code password}, or a directory such as {@code file:/var/lib/shop/txn}, for one process;
 * {@code jdbc-url} is another word for it; {@code home}, {@code name}, {@code lease} and {@code retention}; {@code participants.<name>}, a URI such
 * as {@code grpc://host:port}, and {@code endpoints.secret}, which their services ask for; {@code retry-first}, {@code retry-max}, {@code max-attempts}, {@code permits} and {@code call-timeout}. Durations are ISO-8601.
 *
 * <p>Thread-safe. Closes neither the log nor the participants it was given. Sources: Mohan, Lindsay and Obermarck,
 * "Transaction Management in the R* Distributed Database Management System", 1986, for presumed abort; Gray and Lamport,
 * "Consensus on Transaction Commit", 2006, for deciding by a single insert; Lampson and Sturgis, "Crash Recovery in a
 * Distributed Data Storage System", 1979, for repeating what is idempotent.
 */
public final class TccCoordinator extends CoordinatedService implements Tcc {
    /** In whose body a thread is; of this coordinator only, for a transaction cannot join one of another log. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<TccEnlistment> current = new ThreadLocal<>();

    private TccCoordinator(Coordinator coordinator) {
        super(coordinator);
    }

    /** The parts of a coordinator, to be put together. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TccCall begin(String gid) {
        return new TccRun(gid, coordinator(), current);
    }

    /** Collects the parts. Not thread-safe. */
    public static final class Builder extends CoordinatorBuilder<Builder> {
        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * The coordinator. What others left unfinished in the log is being taken up when it returns.
         *
         * @throws io.coordkit.ConfigurationException if there is no log
         * @throws io.coordkit.txn.TxnException if the log cannot be read
         */
        public Tcc open() {
            return new TccCoordinator(build());
        }
    }
}
