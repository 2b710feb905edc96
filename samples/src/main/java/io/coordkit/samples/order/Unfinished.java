package io.coordkit.samples.order;

import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.coordkit.txn.tcc.Reservation;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an earlier run of this service has left: decided and not ended, or reserved here and not decided. */
final class Unfinished {
    private static final Logger log = LoggerFactory.getLogger(Unfinished.class);

    private Unfinished() {}

    static void report(TxnLog txnLog, GuardedParticipant orders) {
        Set<String> decided = txnLog.unfinished(Integer.MAX_VALUE).stream()
                .map(TxnStatus::gid)
                .collect(Collectors.toSet());
        Set<String> undecided = orders.reservations(Integer.MAX_VALUE).stream()
                .map(Reservation::gid)
                .filter(gid -> !decided.contains(gid) && txnLog.status(gid).isEmpty())
                .collect(Collectors.toSet());
        log.info(
                "Recovery: {} unfinished transactions found ({} decided and not ended, {} reserved and not decided)",
                decided.size() + undecided.size(),
                decided.size(),
                undecided.size());
    }
}
