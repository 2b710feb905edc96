package io.coordkit.txn.core;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.sql.H2Durability;
import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import io.coordkit.sql.SqlSchema;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.TransactionalLog;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction log in the tables {@code coordkit_txn_log} and {@code coordkit_txn_coordinator} of a MySQL, MariaDB or
 * H2 database.
 *
 * <p><b>Promised:</b> a decision that was returned is found again, with all branches and payloads, by every process that
 * opens the same database. A transaction is decided once: the decision is one INSERT, and the gid its primary key. That
 * is one statement and one forced write; nothing else is written before a caller has its answer. It can be part of the
 * application's own transaction in the same database, and costs no forced write of its own then.
 *
 * <p><b>Not promised:</b> more durability than the database has. On MySQL and MariaDB keep
 * {@code innodb_flush_log_at_trx_commit = 1}; another value is warned of. H2 must have {@code WRITE_DELAY=0}, or it is
 * refused; it outlives the death of its process, not that of the machine. Restoring an old backup forgets decisions that
 * participants have heard of.
 *
 * <p>Finished transactions stay in the table until they are purged, so that their gid has the same outcome when it is used
 * again. How long a dead connection is waited for is up to the data source's timeouts.
 *
 * <p>Thread-safe. Closes nothing it was given.
 */
public final class SqlTxnLog implements TransactionalLog {
    private static final Logger logger = LoggerFactory.getLogger(SqlTxnLog.class);
    private static final int MAX_ATTEMPTS = 10;
    private static final long MAX_PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private final Jdbi jdbi;
    private final LogTable table;
    private final LeaseTable leases;

    private SqlTxnLog(Jdbi jdbi, SqlDialect dialect) {
        this.jdbi = jdbi;
        this.table = new LogTable(dialect);
        this.leases = new LeaseTable(dialect);
    }

    /**
     * The log in that database, which is asked at once; its table is created unless it exists.
     *
     * @param dataSource a pool, best of all: each call takes a connection and gives it back
     * @throws ConfigurationException if the database could lose acknowledged commits (H2 without
     *     {@code WRITE_DELAY=0}), is of another kind, or refuses the table
     * @throws BackendUnreachableException if it does not answer
     */
    public static TransactionalLog using(DataSource dataSource) {
        Jdbi jdbi = Jdbi.create(dataSource);
        try {
            return new SqlTxnLog(jdbi, jdbi.withHandle(handle -> {
                H2Durability.require(handle.getConnection());
                SqlSchema.ensure(handle.getConnection(), LogTable.NAME, SqlTxnLog.class);
                SqlSchema.ensure(handle.getConnection(), LeaseTable.NAME, SqlTxnLog.class);
                SqlDialect dialect = SqlDialect.of(handle.getConnection());
                if (dialect == SqlDialect.MYSQL) {
                    warnUnlessForced(handle);
                }
                return dialect;
            }));
        } catch (ConnectionException e) {
            throw new BackendUnreachableException("The database of the transaction log did not answer: " + why(e), e);
        } catch (SQLException e) {
            throw new ConfigurationException("The transaction log could not be opened: " + why(e), e);
        }
    }

    private static void warnUnlessForced(Handle handle) {
        int flush = handle.createQuery("SELECT @@innodb_flush_log_at_trx_commit")
                .mapTo(Integer.class)
                .one();
        if (flush != 1) {
            logger.warn(
                    "The transaction log's database has innodb_flush_log_at_trx_commit = {}: it may lose decisions that"
                            + " were acknowledged when its machine fails; set it to 1",
                    flush);
        }
    }

    @Override
    public CoordinatorLease join(String name, Duration lease) {
        TxnNames.coordinatorName(name);
        LogArguments.lease(lease);
        return ask(
                "joining of coordinator '" + name + "'",
                handle -> handle.inTransaction(transaction -> leases.join(transaction, name, lease)));
    }

    @Override
    public Optional<CoordinatorLease> renew(String coordinator, Duration lease) {
        TxnNames.coordinator(coordinator);
        LogArguments.lease(lease);
        return ask("renewal of coordinator '" + coordinator + "'", handle -> leases.renew(handle, coordinator, lease));
    }

    @Override
    public void leave(String coordinator) {
        TxnNames.coordinator(coordinator);
        ask("leaving of coordinator '" + coordinator + "'", handle -> {
            LeaseTable.leave(handle, coordinator);
            return coordinator;
        });
    }

    @Override
    public TxnRecord decide(TxnProposal proposal) {
        return ask(
                "decision " + proposal.decision() + " of '" + proposal.gid() + "'",
                handle -> table.decide(handle, proposal));
    }

    @Override
    public TxnRecord decide(TxnProposal commit, Work work) {
        try {
            return ask(
                    "decision " + commit.decision() + " of '" + commit.gid() + "' with local work",
                    handle -> table.decide(handle, commit, work));
        } catch (TxnException e) {
            if (SqlErrors.isContention(e)) {
                throw new WorkFailedException(commit.gid(), e);
            }
            throw e;
        }
    }

    @Override
    public Optional<TxnRecord> resolve(TxnProposal abort) {
        return ask("resolution of '" + abort.gid() + "'", handle -> {
            Optional<TxnRecord> standing = LogTable.find(handle, abort.gid());
            if (standing.isPresent()) {
                return standing;
            }
            return leases.canBeExpected(handle, abort) ? Optional.empty() : Optional.of(table.decide(handle, abort));
        });
    }

    @Override
    public void finish(List<String> gids) {
        if (!gids.isEmpty()) {
            ask("end of " + gids.size() + " transactions", handle -> {
                LogTable.finish(handle, gids);
                return gids;
            });
        }
    }

    @Override
    public Optional<TxnStatus> status(String gid) {
        TxnNames.gid(gid);
        return ask("state of '" + gid + "'", handle -> LogTable.status(handle, gid));
    }

    @Override
    public List<TxnStatus> unfinished(int limit) {
        LogArguments.limit(limit);
        return ask("list of unfinished transactions", handle -> LogTable.unfinished(handle, limit));
    }

    @Override
    public List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit) {
        LogArguments.limit(limit);
        return states.isEmpty()
                ? List.of()
                : ask("list of transactions", handle -> table.list(handle, states, minAge, limit));
    }

    @Override
    public void needAttention(String gid, String note) {
        TxnNames.gid(gid);
        ask("mark on '" + gid + "'", handle -> {
            LogTable.needAttention(handle, gid, LogRow.note(note));
            return gid;
        });
    }

    @Override
    public Optional<TxnRecord> retry(String gid, String coordinator) {
        TxnNames.gid(gid);
        TxnNames.coordinator(coordinator);
        return ask(
                "retry of '" + gid + "'",
                handle -> handle.inTransaction(one -> LeaseTable.retry(one, coordinator, gid)));
    }

    @Override
    public void finishByHand(String gid, String note) {
        TxnNames.gid(gid);
        ask("end by hand of '" + gid + "'", handle -> {
            LogTable.finishByHand(handle, gid, LogRow.note(note));
            return gid;
        });
    }

    @Override
    public int purge(Duration retention, int limit) {
        LogArguments.limit(limit);
        return ask("purge", handle -> {
            leases.purge(handle, retention);
            return table.purge(handle, retention, limit);
        });
    }

    @Override
    public Optional<TxnRecord> find(String gid) {
        TxnNames.gid(gid);
        return ask("reading of '" + gid + "'", handle -> LogTable.find(handle, gid));
    }

    @Override
    public List<TxnRecord> claim(String coordinator, int limit) {
        TxnNames.coordinator(coordinator);
        LogArguments.limit(limit);
        List<String> gids = ask("list of abandoned transactions", handle -> leases.abandoned(handle, limit));
        List<TxnRecord> claimed = new ArrayList<>();
        for (String gid : gids) {
            ask("claim of '" + gid + "'", handle -> handle.inTransaction(one -> leases.claim(one, coordinator, gid)))
                    .ifPresent(claimed::add);
        }
        return claimed;
    }

    @Override
    public Instant now() {
        return ask("question for its clock", leases::now);
    }

    @Override
    public void close() {}

    /**
     * Contention rolled the statement back, and so did somebody who was quicker to insert, so it is safe to repeat; any
     * other failure means "unknown".
     */
    private <T> T ask(String what, HandleCallback<T, SQLException> statements) {
        for (int attempt = 1; ; attempt++) {
            // Not withHandle: work that asks the log, within a decision, would be given the decision's own connection.
            try (Handle handle = jdbi.open()) {
                commitEachStatement(handle);
                return statements.withHandle(handle);
            } catch (JdbiException | SQLException e) {
                if (attempt == MAX_ATTEMPTS || !(SqlErrors.isContention(e) || SqlErrors.isDuplicateKey(e))) {
                    throw unanswered(what, e);
                }
                LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(MAX_PAUSE_NANOS));
            } catch (TxnException e) {
                throw e;
            } catch (RuntimeException e) {
                throw SqlErrors.isUnchecked(e) ? unanswered(what, e) : e;
            }
        }
    }

    private static TxnException unanswered(String what, Exception e) {
        return new TxnException("The transaction log did not answer, " + what + ": " + why(e), e);
    }

    private static void commitEachStatement(Handle handle) throws SQLException {
        if (!handle.getConnection().getAutoCommit()) {
            handle.getConnection().setAutoCommit(true);
        }
    }

    /** What the database said, without Jdbi's words around it. */
    private static String why(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                return String.valueOf(cause.getMessage());
            }
        }
        return String.valueOf(failure.getMessage());
    }
}
