package io.coordkit.txn.twophase;

import io.coordkit.txn.TwoPhaseTransaction;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.coordinator.Coordinator;
import io.coordkit.txn.coordinator.Enlistment;
import io.coordkit.txn.coordinator.Start;
import io.coordkit.txn.spi.TxnBranch;
import java.sql.Connection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A two-phase commit transaction inside its body. Not thread-safe, except for {@link #expire}; of no use after the body
 * returned.
 */
public final class XaTransaction implements TwoPhaseTransaction {
    private static final Logger log = LoggerFactory.getLogger(XaTransaction.class);
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final Enlistment branches;
    private final Coordinator coordinator;
    private final Map<String, OpenDatabase> databases;
    private final Start start;
    private final Map<String, XaBranch> begun = new LinkedHashMap<>();
    private final Set<String> readOnly = new HashSet<>();
    private volatile boolean expired;

    XaTransaction(String gid, Coordinator coordinator, Map<String, OpenDatabase> databases, Start start) {
        this.branches = new Enlistment(gid, coordinator.participants());
        this.coordinator = coordinator;
        this.databases = databases;
        this.start = start;
    }

    @Override
    public String gid() {
        return branches.gid();
    }

    @Override
    public String enlist(String participant, byte[] payload) {
        if (databases.containsKey(participant)) {
            throw new IllegalArgumentException("participant must be a remote one, was '" + participant
                    + "', a database: write to it by its connection");
        }
        return branches.enlist(participant, payload);
    }

    @Override
    public void readOnly(String resource) {
        String name = database(resource).name();
        XaBranch branch = begun.get(name);
        if (branch != null && !branch.isReadOnly()) {
            throw new IllegalStateException("Transaction '" + gid() + "' has begun to work on '" + resource
                    + "': say that it will only read there before it does");
        }
        readOnly.add(name);
    }

    @Override
    public Connection connection(String resource) {
        XaBranch known = begun.get(resource);
        return known == null ? begin(resource).lent() : known.lent();
    }

    /** As {@link XaDatabase#jdbi}. */
    public Jdbi jdbi(XaDatabase database) {
        return database.jdbi(this);
    }

    private OpenDatabase database(String resource) {
        OpenDatabase database = databases.get(resource);
        if (database == null) {
            throw new IllegalArgumentException("resource must be one of "
                    + databases.keySet().stream().sorted().toList() + ", was '" + resource + "'");
        }
        return database;
    }

    private XaBranch begin(String resource) {
        OpenDatabase database = database(resource);
        if (start.terms().isThreePhase()) {
            throw new IllegalStateException("Transaction '" + gid() + "' is a three-phase commit, which databases know"
                    + " nothing of: reach '" + resource + "' by a participant, or commit in two phases");
        }
        if (expired) {
            throw outOfTime();
        }
        String number = Integer.toString(branches.next());
        XaBranch branch = database.begin(
                connection -> BranchXid.of(
                        gid(),
                        number,
                        start.deadline(),
                        connection,
                        SERIAL.incrementAndGet(),
                        coordinator.home(),
                        coordinator.name()),
                readOnly.contains(resource));
        synchronized (begun) {
            if (expired) { // while it waited for the connection
                database.discard(branch);
                throw outOfTime();
            }
            begun.put(resource, branch);
        }
        branches.add(new TxnBranch(branch.xid().branch(), resource, branch.xid().payload()));
        return branch;
    }

    private TxnException outOfTime() {
        return new TxnException("Transaction '" + gid() + "' has run out of time", null);
    }

    /** The body has done its work; what cannot be ended here will not vote for a commit. */
    List<TxnBranch> end() {
        begun.values().forEach(branch -> {
            try {
                branch.end();
            } catch (XAException e) {
                log.info("{} could not be ended and will not be committed: XA error {}", branch.xid(), e.errorCode, e);
            }
        });
        return branches.end();
    }

    /** Whether its databases know its gid, because one has once decided it alone, or was to do so no more. */
    boolean isKnown(OnePhase alone) {
        return begun.entrySet().stream().anyMatch(each -> alone.isKnown(database(each.getKey()), each.getValue()));
    }

    /** A branch that is all there is of its transaction. */
    record Lone(OpenDatabase database, XaBranch branch) {}

    /** Its only branch, if that is in a database and may write there. */
    Optional<Lone> lone() {
        return branches.next() == 2
                ? begun.entrySet().stream()
                        .filter(each -> !each.getValue().isReadOnly())
                        .map(each -> new Lone(database(each.getKey()), each.getValue()))
                        .findFirst()
                : Optional.empty();
    }

    /** Nothing of it is to stay, and nobody has heard of it. */
    void rollback() {
        begun.forEach((resource, branch) -> database(resource).forget(branch));
    }

    /** The body takes too long: it loses its connections. Thread-safe. */
    void expire() {
        synchronized (begun) {
            expired = true;
            log.warn(
                    "Transaction {}: its body has not returned within {}; its connections are ended, and what it wrote"
                            + " is rolled back",
                    gid(),
                    start.terms().timeout());
            begun.forEach((resource, branch) -> database(resource).abort(branch));
        }
    }
}
