package io.coordkit.txn.twophase;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.testkit.server.Servers;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class TwoPhaseMySqlCoordinatorContractTest extends TwoPhaseCoordinatorContractTest {
    @Override
    DataSource emptyDatabase(String name) {
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(Servers.shared().mySql().createDatabase(name));
        return source;
    }
}
