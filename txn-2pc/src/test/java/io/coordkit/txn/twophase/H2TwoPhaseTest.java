package io.coordkit.txn.twophase;

import java.util.UUID;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;

/** On H2 in memory. */
class H2TwoPhaseTest extends TwoPhaseCases {
    @Override
    XADataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0;LOCK_TIMEOUT=5000");
        return source;
    }
}
