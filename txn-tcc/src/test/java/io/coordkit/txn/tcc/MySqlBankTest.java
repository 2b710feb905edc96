package io.coordkit.txn.tcc;

import io.coordkit.testkit.server.MySqlServer;
import io.coordkit.testkit.server.SqlServer;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** On MySQL 9 in containers, which can be taken off their networks as well. */
@Tag("conformance")
class MySqlBankTest extends BankCases {
    @Override
    SqlServer startServer() {
        return MySqlServer.startOnOwnNetwork();
    }

    /** MySQL has no limit for idle transactions only. */
    @Override
    String impatience() {
        return "wait_timeout=3";
    }

    @Override
    Set<Fault> possible() {
        return EnumSet.allOf(Fault.class);
    }
}
