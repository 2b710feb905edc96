package io.coordkit.id.sql;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.id.RangeAllocatorContract;
import io.coordkit.testkit.server.MariaDbServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MariaDbRangeContractTest extends RangeAllocatorContract {
    private static MariaDbServer server;
    private static String url;

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
        url = server.createDatabase("ids");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected RangeAllocator open() {
        MysqlDataSource dataSource = new MysqlDataSource();
        dataSource.setUrl(url);
        return SqlRangeAllocator.using(dataSource);
    }
}
