package io.coordkit.testkit.lock;

import java.util.concurrent.ThreadFactory;

/**
 * Starts threads, virtual ones where Java has them: from 21 on, which a class for Java 17 reaches by reflection only.
 *
 * @param isVirtual whether they are
 */
record ThreadStarter(ThreadFactory factory, boolean isVirtual) {
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    static ThreadStarter ofThisJava() {
        if (Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
            return new ThreadStarter(Thread::new, false);
        }
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            return new ThreadStarter((ThreadFactory) type.getMethod("factory").invoke(builder), true);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Java " + Runtime.version() + " has no virtual threads", e);
        }
    }

    Thread start(Runnable body) {
        Thread thread = factory.newThread(body);
        thread.start();
        return thread;
    }
}
