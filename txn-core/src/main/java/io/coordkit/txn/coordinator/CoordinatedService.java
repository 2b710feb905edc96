package io.coordkit.txn.coordinator;

import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnService;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.InquiryEndpoint;
import java.util.List;
import java.util.Optional;

/** What a kind of transaction leaves to its coordinator. Thread-safe. */
public abstract class CoordinatedService implements TxnService {
    private final Coordinator coordinator;

    /** Transactions of that coordinator, which is closed along with them. */
    protected CoordinatedService(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** Who runs them. */
    protected final Coordinator coordinator() {
        return coordinator;
    }

    @Override
    public Optional<TxnStatus> outcome(String gid) {
        return coordinator.outcome(gid);
    }

    @Override
    public TxnStatus resolve(String gid) {
        return coordinator.resolve(gid);
    }

    @Override
    public final List<TxnStatus> unfinished(int limit) {
        return coordinator.unfinished(limit);
    }

    @Override
    public final InquiryEndpoint inquiries() {
        return coordinator.inquiries();
    }

    @Override
    public TxnAdmin admin() {
        return coordinator.admin();
    }

    /**
     * Aborts what is being voted on, for at most 10 s, and stops. What is unfinished stays in the log. Idempotent.
     */
    @Override
    public void close() {
        coordinator.close();
    }
}
