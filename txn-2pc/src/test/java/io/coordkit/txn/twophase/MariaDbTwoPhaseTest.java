package io.coordkit.txn.twophase;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.Servers;
import java.util.List;
import javax.sql.XADataSource;
import org.junit.jupiter.api.AfterAll;

/** On two MariaDB servers, each test with databases of its own. */
class MariaDbTwoPhaseTest extends TwoPhaseCases {
    private static final List<MariaDbServer> SERVERS = List.of(Servers.shared().mariaDb(), MariaDbServer.start());

    private static int databases;

    @AfterAll
    static void stop() {
        SERVERS.get(1).close();
    }

    @Override
    XADataSource database() {
        int number = databases++;
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(SERVERS.get(number % SERVERS.size()).createDatabase("two_phase_" + number));
        return source;
    }
}
