package io.coordkit.txn.tcc;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.sql.H2Durability;
import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlSchema;
import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.PayloadReader;
import io.coordkit.txn.coordinator.Workers;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.TxnNames;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadPoolExecutor;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;

/**
 * Collects the parts of a guarded participant. Defaults: the name {@code participant}, 8 threads, a TTL of 10 s for
 * reservations, and 8 days of retention. Whom to ask for outcomes must be said, or said to be nobody. Not thread-safe.
 *
 * @param <P> what the branches are called with
 */
public final class GuardedParticipantBuilder<P> {
    private static final int MAX_QUEUE = 10_000;
    private static final Duration MIN_TTL = Duration.ofMillis(10);
    private static final Duration MIN_RETENTION = Duration.ofMinutes(1);
    private static final Duration MAX_TTL = Duration.ofDays(1);

    private final DataSource dataSource;
    private final TccParticipant<P> business;
    private final PayloadReader<P> reader;
    private final Map<String, InquiryEndpoint> homes = new HashMap<>();
    private String name = "participant";
    private int threads = 8;
    private Duration ttl = Duration.ofSeconds(10);
    private Duration retention = Duration.ofDays(8);
    private boolean nobodyToAsk;

    GuardedParticipantBuilder(DataSource dataSource, TccParticipant<P> business, PayloadReader<P> reader) {
        this.dataSource = dataSource;
        this.business = business;
        this.reader = reader;
    }

    /**
     * The participant's own name, by which it finds its reservations again; unique among those in one database.
     *
     * @param newName 1 to 64 printable ASCII characters
     */
    public GuardedParticipantBuilder<P> name(String newName) {
        name = TxnNames.participant(newName);
        return this;
    }

    /**
     * How many calls run at the same time; more wait for their turn.
     *
     * @param newThreads 1 or greater
     */
    public GuardedParticipantBuilder<P> threads(int newThreads) {
        if (newThreads < 1) {
            throw new IllegalArgumentException("threads must be 1 or greater, was " + newThreads);
        }
        threads = newThreads;
        return this;
    }

    /**
     * How long after its try a reservation is asked about for the first time.
     *
     * @param newTtl 10 ms to 1 day
     */
    public GuardedParticipantBuilder<P> reservationTtl(Duration newTtl) {
        if (newTtl.compareTo(MIN_TTL) < 0 || newTtl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException(
                    "reservationTtl must be between " + MIN_TTL + " and " + MAX_TTL + ", was " + newTtl);
        }
        ttl = newTtl;
        return this;
    }

    /**
     * How long the rows of ended branches stay, so that late repeats are recognised. Longer than any of its coordinators
     * keeps finished transactions: a gid that the log still knows must not be new here.
     *
     * @param newRetention 1 minute or longer
     */
    public GuardedParticipantBuilder<P> retention(Duration newRetention) {
        if (newRetention.compareTo(MIN_RETENTION) < 0) {
            throw new IllegalArgumentException(
                    "retention must be " + MIN_RETENTION + " or longer, was " + newRetention);
        }
        retention = newRetention;
        return this;
    }

    /**
     * Whom to ask about transactions that the log of that name decides.
     *
     * @param home as the coordinators on that log call it
     * @param inquiries which the caller closes
     */
    public GuardedParticipantBuilder<P> asks(String home, InquiryEndpoint inquiries) {
        if (homes.putIfAbsent(TxnNames.home(home), inquiries) != null) {
            throw new ConfigurationException("Two inquiry endpoints are given for home log '" + home + "'");
        }
        return this;
    }

    /** A reservation whose coordinator dies before the decision then stays until a person ends it. */
    public GuardedParticipantBuilder<P> asksNobody() {
        nobodyToAsk = true;
        return this;
    }

    /**
     * The participant on its database, which is asked at once.
     *
     * @throws ConfigurationException if nobody was named to be asked, or the database could lose acknowledged commits
     *     (H2 without {@code WRITE_DELAY=0}), is of another kind, or refuses the table
     * @throws BackendUnreachableException if it does not answer
     */
    public GuardedParticipant open() {
        if (homes.isEmpty() == !nobodyToAsk) {
            throw new ConfigurationException("Participant '" + name
                    + "' needs either somebody to ask for outcomes, asks(...), or to be told that there is nobody,"
                    + " asksNobody()");
        }
        Jdbi jdbi = Jdbi.create(dataSource);
        SqlDialect dialect = prepare(jdbi);
        ThreadPoolExecutor workers = Workers.named("coordkit-participant", threads, MAX_QUEUE);
        SystemScheduler scheduler = new SystemScheduler("coordkit-participant-timer");
        ReservationTable reservations = new ReservationTable(dialect, name);
        GuardedParticipant participant = new GuardedParticipant(
                jdbi,
                new Guard<>(new GuardTable(dialect, name, ttl), business, reader),
                reservations,
                workers,
                scheduler);
        new Sweeper(jdbi, reservations, homes, scheduler, workers, participant::end, ttl, retention).start();
        return participant;
    }

    private static SqlDialect prepare(Jdbi jdbi) {
        try {
            return jdbi.withHandle(handle -> {
                H2Durability.require(handle.getConnection());
                SqlSchema.ensure(handle.getConnection(), GuardTable.NAME, GuardedParticipant.class);
                return SqlDialect.of(handle.getConnection());
            });
        } catch (ConnectionException e) {
            throw new BackendUnreachableException("The participant's database did not answer: " + e.getMessage(), e);
        } catch (SQLException e) {
            throw new ConfigurationException("The guard's table could not be opened: " + e.getMessage(), e);
        }
    }
}
