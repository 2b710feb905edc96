package io.coordkit.txn.twophase;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.testkit.server.Servers;
import javax.sql.DataSource;

class TwoPhaseMariaDbCoordinatorContractTest extends TwoPhaseCoordinatorContractTest {
    @Override
    DataSource emptyDatabase(String name) {
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(Servers.shared().mariaDb().createDatabase(name));
        return source;
    }
}
