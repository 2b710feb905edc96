package io.coordkit.lock.redis;

import io.coordkit.ConfigurationException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.api.listener.BaseStatusListener;
import org.redisson.client.codec.StringCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one channel on which this client's waiting candidates are woken; subscribed when the first of them waits.
 *
 * <p>What was published before a subscription stood, or while it was broken, is lost: so every (re)subscription wakes
 * all that wait. Thread-safe.
 */
final class RedisWakeups {
    private static final Logger log = LoggerFactory.getLogger(RedisWakeups.class);

    private final Map<String, RedisCandidacy> waiting = new ConcurrentHashMap<>();
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final RTopic topic;
    private final String channelPrefix;

    RedisWakeups(RedissonClient redisson, String client) {
        topic = redisson.getTopic(RedisKeys.CHANNEL_PREFIX + client, StringCodec.INSTANCE);
        String channel = topic.getChannelNames().get(0); // as the caller's NameMapper made it
        if (!channel.endsWith(client)) {
            throw new ConfigurationException(
                    "Redisson's NameMapper must keep the end of a name, but made channel '" + channel + "'");
        }
        channelPrefix = channel.substring(0, channel.length() - client.length());
    }

    /** What stands before the client in the names of all clients' channels. */
    String channelPrefix() {
        return channelPrefix;
    }

    /** Wakes the candidacy from now on, once {@link #subscribe} has been called. */
    void listen(RedisCandidacy candidacy) {
        waiting.put(candidacy.id(), candidacy);
    }

    void forget(RedisCandidacy candidacy) {
        waiting.remove(candidacy.id());
    }

    /** Makes sure that the channel is subscribed, or is about to be. */
    void subscribe() {
        if (!subscribed.compareAndSet(false, true)) {
            return;
        }
        var unused = topic.addListenerAsync(String.class, (channel, candidate) -> wake(candidate))
                .thenCompose(id -> topic.addListenerAsync(new BaseStatusListener() {
                    @Override
                    public void onSubscribe(String channel) {
                        wakeAll();
                    }
                }))
                .whenComplete((id, failure) -> {
                    if (failure == null) {
                        wakeAll();
                    } else {
                        subscribed.set(false); // the next one that waits tries again; until then they poll
                        log.warn("Cannot subscribe to wake-ups, waiting locks poll instead: {}", failure.toString());
                    }
                });
    }

    private void wake(String candidate) {
        RedisCandidacy woken = waiting.get(candidate);
        if (woken != null) {
            woken.wake();
        }
    }

    private void wakeAll() {
        waiting.values().forEach(RedisCandidacy::wake);
    }

    void close() {
        waiting.clear();
        if (subscribed.get()) {
            var unused = topic.removeAllListenersAsync();
        }
    }
}
