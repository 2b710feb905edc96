package io.coordkit.txn.tcc;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.testkit.server.Servers;
import javax.sql.DataSource;

class TccMariaDbCoordinatorContractTest extends TccCoordinatorContractTest {
    @Override
    DataSource emptyDatabase(String name) {
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(Servers.shared().mariaDb().createDatabase(name));
        return source;
    }
}
