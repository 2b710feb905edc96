package io.coordkit.txn.twophase;

import io.coordkit.txn.TwoPhaseTransaction;
import io.coordkit.txn.spi.TxnNames;
import java.sql.Connection;
import java.time.Duration;
import javax.sql.XADataSource;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;

/**
 * A database that takes part in two-phase commits: MySQL 8 or later, MariaDB 10.6 or later, or H2. The account needs the
 * right to see prepared branches ({@code XA_RECOVER_ADMIN} on MySQL). Immutable; opened by the coordinators it is given
 * to.
 *
 * @param name the same at every start: the log and the database remember it
 * @param maxConnections how many transactions are under way on it from one coordinator, 1 to 1,000; more wait
 * @param patience how long to wait for a connection, 1 ms to 1 hour
 * @param idleTimeout after which the server ends a connection that says nothing, and with it the locks of one that is
 *     not prepared; 1 s to 8 hours. H2 has no such thing, nor needs it
 * @param answerTimeout how long to wait for the server's answer, to a body's statements as well, before the connection is
 *     given up; 1 s to 8 hours. A timeout that the source sets itself stands, and it should set two: MySQL's driver waits
 *     without limit for a connection to be opened unless {@code connectTimeout} and {@code socketTimeout} are in its URL.
 *     H2 needs none
 */
public record XaDatabase(
        String name,
        XADataSource source,
        int maxConnections,
        Duration patience,
        Duration idleTimeout,
        Duration answerTimeout) {
    private static final int MOST_CONNECTIONS = 1_000;

    /** Checks the ranges. */
    public XaDatabase {
        TxnNames.participant(name);
        if (maxConnections < 1 || maxConnections > MOST_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "maxConnections must be 1 to " + MOST_CONNECTIONS + ", was " + maxConnections);
        }
        require("patience", patience, Duration.ofMillis(1), Duration.ofHours(1));
        require("idleTimeout", idleTimeout, Duration.ofSeconds(1), Duration.ofHours(8));
        require("answerTimeout", answerTimeout, Duration.ofSeconds(1), Duration.ofHours(8));
    }

    /** A database with 32 connections at most, for which it waits 5 s, and 60 s until an idle one ends, or a silent one. */
    public static XaDatabase of(String name, XADataSource source) {
        return new XaDatabase(name, source, 32, Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60));
    }

    /**
     * This database in that transaction, for JDBI. Its handles need not be closed.
     *
     * @throws IllegalArgumentException if none of its name is registered with the transaction's coordinator
     * @throws io.coordkit.txn.TxnException if it does not answer, or all its connections stay in use
     */
    public Jdbi jdbi(TwoPhaseTransaction tx) {
        Connection connection = tx.connection(name);
        Jdbi jdbi = Jdbi.create(() -> connection);
        // What is open on the connection is the coordinator's to end.
        jdbi.getConfig(Handles.class).setForceEndTransactions(false);
        return jdbi;
    }

    /** The same with another number of connections. */
    public XaDatabase withMaxConnections(int newMaxConnections) {
        return new XaDatabase(name, source, newMaxConnections, patience, idleTimeout, answerTimeout);
    }

    /** The same with another wait for a connection. */
    public XaDatabase withPatience(Duration newPatience) {
        return new XaDatabase(name, source, maxConnections, newPatience, idleTimeout, answerTimeout);
    }

    /** The same with another time until idle connections end. */
    public XaDatabase withIdleTimeout(Duration newIdleTimeout) {
        return new XaDatabase(name, source, maxConnections, patience, newIdleTimeout, answerTimeout);
    }

    /** The same with another wait for answers. */
    public XaDatabase withAnswerTimeout(Duration newAnswerTimeout) {
        return new XaDatabase(name, source, maxConnections, patience, idleTimeout, newAnswerTimeout);
    }

    private static void require(String field, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(field + " must be between " + min + " and " + max + ", was " + value);
        }
    }
}
