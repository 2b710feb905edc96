package io.coordkit.id.sql;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/** A data source whose connections come without auto-commit, as some pools are set and transaction managers do. */
final class ManualCommit {
    private ManualCommit() {}

    static DataSource from(DataSource real, BooleanSupplier manual) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, args) -> {
                    try {
                        Object result = method.invoke(real, args);
                        if (result instanceof Connection connection && manual.getAsBoolean()) {
                            connection.setAutoCommit(false);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
