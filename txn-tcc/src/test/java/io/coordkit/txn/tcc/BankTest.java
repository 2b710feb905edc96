package io.coordkit.txn.tcc;

import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.SqlServer;
import java.util.EnumSet;
import java.util.Set;

/** On MariaDB. */
class BankTest extends BankCases {
    @Override
    SqlServer startServer() {
        return MariaDbServer.start();
    }

    @Override
    String impatience() {
        return "idle_transaction_timeout=2";
    }

    @Override
    Set<Fault> possible() {
        return EnumSet.complementOf(EnumSet.of(Fault.SERVER_DISCONNECTED));
    }
}
