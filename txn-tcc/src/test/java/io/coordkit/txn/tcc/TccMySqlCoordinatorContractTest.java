package io.coordkit.txn.tcc;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.testkit.server.Servers;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class TccMySqlCoordinatorContractTest extends TccCoordinatorContractTest {
    @Override
    DataSource emptyDatabase(String name) {
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(Servers.shared().mySql().createDatabase(name));
        return source;
    }
}
