package io.coordkit.id.sql;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A real data source whose answers to UPDATE get lost on the way back, as often as a test says. */
final class LosingDataSource {
    final AtomicInteger answersToLose = new AtomicInteger();
    private final DataSource real;

    LosingDataSource(DataSource real) {
        this.real = real;
    }

    DataSource asDataSource() {
        return wrap(DataSource.class, real, false);
    }

    private <T> T wrap(Class<T> type, T target, boolean update) {
        Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Object result;
            try {
                result = method.invoke(target, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (update && method.getName().startsWith("execute") && answersToLose.getAndDecrement() > 0) {
                throw new SQLException("Connection reset", "08S01");
            }
            if (result instanceof Connection connection) {
                return wrap(Connection.class, connection, false);
            }
            if (result instanceof PreparedStatement statement) {
                return wrap(PreparedStatement.class, statement, ((String) args[0]).startsWith("UPDATE"));
            }
            return result;
        });
        return type.cast(proxy);
    }
}
