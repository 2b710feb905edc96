package io.coordkit.lock.redlock;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.api.listener.BaseStatusListener;
import org.redisson.client.codec.StringCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels on which this client's waiting candidates are woken, one on each node; subscribed when the first of them
 * waits. A wake-up is a hint that asking may be worthwhile: each node gives its own, and may be wrong.
 *
 * <p>What was published before a subscription stood, or while it was broken, is lost: so every (re)subscription wakes
 * all that wait. Thread-safe.
 */
final class RedlockWakeups {
    private static final Logger log = LoggerFactory.getLogger(RedlockWakeups.class);

    private final Map<String, RedlockCandidacy> waiting = new ConcurrentHashMap<>();
    private final List<Subscription> subscriptions;

    RedlockWakeups(List<RedlockNode> nodes, String client) {
        String channel = RedlockKeys.CHANNEL_PREFIX + client;
        subscriptions =
                nodes.stream().map(node -> new Subscription(node, channel)).toList();
    }

    /** Wakes the candidacy from now on, once {@link #subscribe} has been called. */
    void listen(RedlockCandidacy candidacy) {
        waiting.put(candidacy.id(), candidacy);
    }

    void forget(RedlockCandidacy candidacy) {
        waiting.remove(candidacy.id());
    }

    /** Makes sure that the channels of all nodes that can be reached are subscribed, or are about to be. */
    void subscribe() {
        subscriptions.forEach(Subscription::begin);
    }

    void close() {
        waiting.clear();
        subscriptions.forEach(Subscription::end);
    }

    private void wake(String candidate) {
        RedlockCandidacy woken = waiting.get(candidate);
        if (woken != null) {
            woken.wake();
        }
    }

    private void wakeAll() {
        waiting.values().forEach(RedlockCandidacy::wake);
    }

    /** The channel on one node. */
    private final class Subscription {
        private final RedlockNode node;
        private final String channel;
        private final AtomicBoolean begun = new AtomicBoolean();

        Subscription(RedlockNode node, String channel) {
            this.node = node;
            this.channel = channel;
        }

        void begin() {
            CompletableFuture<RedissonClient> client = node.admission().client();
            if (client.isCompletedExceptionally() || !begun.compareAndSet(false, true)) {
                return;
            }
            RTopic topic = topic(client);
            var unused = topic.addListenerAsync(String.class, (name, candidate) -> wake(candidate))
                    .thenCompose(id -> topic.addListenerAsync(new BaseStatusListener() {
                        @Override
                        public void onSubscribe(String name) {
                            wakeAll();
                        }
                    }))
                    .whenComplete((id, failure) -> {
                        if (failure == null) {
                            wakeAll();
                        } else {
                            begun.set(false); // the next one that waits tries again
                            log.debug("Cannot subscribe to wake-ups of {}: {}", node, failure.toString());
                        }
                    });
        }

        void end() {
            CompletableFuture<RedissonClient> client = node.admission().client();
            if (begun.get() && !client.isCompletedExceptionally()) {
                var unused = topic(client).removeAllListenersAsync();
            }
        }

        private RTopic topic(CompletableFuture<RedissonClient> client) {
            return client.join().getTopic(channel, StringCodec.INSTANCE);
        }
    }
}
