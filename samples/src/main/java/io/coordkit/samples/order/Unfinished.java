package io.coordkit.samples.order;

import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.TxnLog;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an earlier run of this service has left: decided and not ended, or reserved here and not decided. */
final class Unfinished {
    private static final Logger log = LoggerFactory.getLogger(Unfinished.class);

    private Unfinished() {}

    /** @param reservedHere the transactions that have reserved something here */
    static void report(TxnLog txnLog, Stream<String> reservedHere) {
        Set<String> decided = txnLog.unfinished(Integer.MAX_VALUE).stream()
                .map(TxnStatus::gid)
                .collect(Collectors.toSet());
        Set<String> undecided = reservedHere
                .filter(gid -> !decided.contains(gid) && txnLog.status(gid).isEmpty())
                .collect(Collectors.toSet());
        log.info(
                "Recovery: {} unfinished transactions found ({} decided and not ended, {} reserved and not decided)",
                decided.size() + undecided.size(),
                decided.size(),
                undecided.size());
    }
}
