package io.coordkit.id.sql;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.id.RangeAllocatorContract;
import io.coordkit.testkit.server.SqlServer;
import java.util.Properties;

/** The contract on a server: one kind of table, or several databases. */
abstract class SqlServerRanges extends RangeAllocatorContract {
    private final SqlServer server;

    SqlServerRanges(SqlServer server) {
        this.server = server;
    }

    @Override
    protected void crash() {
        server.kill9();
        server.restart();
    }

    /** Opens an allocator on that kind of table. */
    static RangeAllocator table(SqlServer server, SqlRangeTable table) {
        MysqlDataSource dataSource = new MysqlDataSource();
        dataSource.setUrl(server.createDatabase("ids"));
        return SqlRangeAllocator.using(dataSource, SqlRangeOptions.DEFAULTS.withTable(table));
    }

    /** Opens an allocator on three databases. */
    static RangeAllocator severalDatabases(SqlServer server) {
        SqlRangeGroup group = SqlRangeGroup.of(16, SqlRangeOptions.DEFAULTS.withStep(100));
        for (int number = 1; number <= 3; number++) {
            group.add(number, server.createDatabase("ids" + number), new Properties());
        }
        return group;
    }
}
