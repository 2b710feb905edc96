package io.coordkit.txn.core;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A connection in the middle of a transaction that whoever has borrowed it cannot end. As thread-safe as the lender's. */
public final class BorrowedConnection implements InvocationHandler {
    private static final Set<String> ENDINGS = Set.of("commit", "rollback", "setAutoCommit", "abort");

    private final Connection connection;

    private BorrowedConnection(Connection connection) {
        this.connection = connection;
    }

    /** That connection, as it is lent. */
    public static Connection of(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                BorrowedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new BorrowedConnection(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        if (name.equals("close")) {
            return null;
        }
        if (name.equals("getAutoCommit")) {
            return false; // also where the driver knows nothing of the transaction that is open on the server
        }
        boolean toSavepoint = name.equals("rollback") && arguments != null;
        if (ENDINGS.contains(name) && !toSavepoint) {
            throw new SQLException(name + " is not allowed here: the coordinator commits this transaction together with"
                    + " its decision, or rolls it back when the work throws");
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
