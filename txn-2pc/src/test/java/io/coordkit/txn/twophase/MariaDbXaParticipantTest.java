package io.coordkit.txn.twophase;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.testkit.server.Servers;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XADataSource;

/** On MariaDB, each test with a database of its own. */
class MariaDbXaParticipantTest extends XaParticipantContract {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    @Override
    XADataSource database() {
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(Servers.shared().mariaDb().createDatabase("xa_participant_" + DATABASES.incrementAndGet())
                + "&sessionVariables=innodb_lock_wait_timeout=2");
        return source;
    }

    @Override
    boolean refusesWrites() {
        return true;
    }
}
