package io.coordkit.lock.zookeeper;

import static io.coordkit.lock.zookeeper.ZooKeeperCalls.code;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;

/**
 * Wakes each waiter when its predecessor leaves the queue.
 *
 * <p>One watcher for all: the client keeps a watcher once for each node however often it is registered, so that a
 * thousand attempts at a lock that is held for long leave one watch, which goes with the holder. Watches outlive a
 * broken connection, but not their session: all waiters are woken in a new one. Thread-safe.
 */
final class ZooKeeperWakeups implements CuratorWatcher, ConnectionStateListener {
    private final ZooKeeperCalls calls;
    private final ZooKeeperSession session;
    private final Map<String, Set<Runnable>> waiting = new ConcurrentHashMap<>();
    private final AtomicBoolean incomplete = new AtomicBoolean();
    private final AtomicLong watchedIn;

    ZooKeeperWakeups(ZooKeeperCalls calls, ZooKeeperSession session) {
        this.calls = calls;
        this.session = session;
        this.watchedIn = new AtomicLong(session.id());
    }

    /** Runs {@code wake} once that node is gone, which may be at once. */
    void watch(String path, Runnable wake) {
        waiting.compute(path, (key, wakes) -> {
            Set<Runnable> all = wakes == null ? ConcurrentHashMap.newKeySet() : wakes;
            all.add(wake);
            return all;
        });
        var unused = calls.watch(path, this).whenComplete((event, failure) -> {
            if (failure != null || code(event) != Code.OK) {
                if (failure == null && code(event) == Code.NONODE) {
                    fire(path); // it left before the watch was there
                } else {
                    incomplete.set(true);
                }
            }
        });
    }

    /** That waiter waits no more for that node. */
    void forget(String path, Runnable wake) {
        waiting.computeIfPresent(path, (key, wakes) -> {
            wakes.remove(wake);
            return wakes.isEmpty() ? null : wakes;
        });
    }

    private void fire(String path) {
        Set<Runnable> due = waiting.remove(path);
        if (due != null) {
            due.forEach(Runnable::run);
        }
    }

    @Override
    public void process(WatchedEvent event) {
        if (event.getType() != EventType.None) {
            fire(event.getPath());
        }
    }

    @Override
    public void stateChanged(CuratorFramework curator, ConnectionState state) {
        if (state == ConnectionState.RECONNECTED) {
            long now = session.id();
            boolean newSession = watchedIn.getAndSet(now) != now;
            if (incomplete.getAndSet(false) || newSession) {
                Set.copyOf(waiting.keySet()).forEach(this::fire);
            }
        }
    }
}
