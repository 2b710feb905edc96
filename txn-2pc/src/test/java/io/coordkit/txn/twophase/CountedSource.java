package io.coordkit.txn.twophase;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XADataSource;

/** A database whose connections are counted. */
final class CountedSource {
    private CountedSource() {}

    /** @param opened goes up with each connection that is asked for */
    static XADataSource of(XADataSource source, AtomicInteger opened) {
        return (XADataSource) Proxy.newProxyInstance(
                XADataSource.class.getClassLoader(),
                new Class<?>[] {XADataSource.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getXAConnection")) {
                        opened.incrementAndGet();
                    }
                    try {
                        return method.invoke(source, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
