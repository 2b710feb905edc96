package io.coordkit.lock.redis;

import io.coordkit.ConfigurationException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.api.listener.BaseStatusListener;
import org.redisson.client.codec.StringCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels on which this client's waiting candidates are woken, each subscribed when the first of them waits: one,
 * or in a cluster one for each bucket. There it is subscribed where the bucket lives, for a master only counts its own
 * listeners, and the release script asks it whether anybody heard.
 *
 * <p>What was published before a subscription stood, or while it was broken, is lost: so every (re)subscription wakes
 * all that wait. Thread-safe.
 */
final class RedisWakeups {
    private static final Logger log = LoggerFactory.getLogger(RedisWakeups.class);

    private final RedissonClient redisson;
    private final String client;
    private final boolean perBucket;
    private final Map<String, RedisPlace> waiting = new ConcurrentHashMap<>();
    private final Map<String, String> prefixes = new ConcurrentHashMap<>();
    private final Set<String> subscribed = ConcurrentHashMap.newKeySet();

    RedisWakeups(RedissonClient redisson, String client) {
        this.redisson = redisson;
        this.client = client;
        this.perBucket = redisson.getConfig().isClusterConfig();
        String mapped = mapped(RedisKeys.of(""));
        if (!mapped.endsWith(client)) {
            throw new ConfigurationException(
                    "Redisson's NameMapper must keep the end of a name, but made channel '" + mapped + "'");
        }
    }

    /** The channel's name as the caller's NameMapper makes it. */
    private String mapped(RedisKeys keys) {
        return topic(keys).getChannelNames().get(0);
    }

    private String channel(RedisKeys keys) {
        return (perBucket ? keys.bucketChannelPrefix() : RedisKeys.CHANNEL_PREFIX) + client;
    }

    private RTopic topic(RedisKeys keys) {
        return redisson.getTopic(channel(keys), StringCodec.INSTANCE);
    }

    /** What stands before the client in the names of all clients' channels for these keys. */
    String channelPrefix(RedisKeys keys) {
        return prefixes.computeIfAbsent(keys.bucket(), bucket -> {
            String mapped = mapped(keys);
            return mapped.substring(0, mapped.length() - client.length());
        });
    }

    /** Wakes the candidacy from now on, once {@link #subscribe} has been called. */
    void listen(RedisPlace candidacy) {
        waiting.put(candidacy.id(), candidacy);
    }

    void forget(RedisPlace candidacy) {
        waiting.remove(candidacy.id());
    }

    /** Makes sure that the channel for these keys is subscribed, or is about to be. */
    void subscribe(RedisKeys keys) {
        String name = channel(keys);
        if (!subscribed.add(name)) {
            return;
        }
        RTopic topic = topic(keys);
        var unused = topic.addListenerAsync(String.class, (channel, candidate) -> wake(candidate))
                .thenCompose(id -> topic.addListenerAsync(new BaseStatusListener() {
                    @Override
                    public void onSubscribe(String channel) {
                        wakeAll(name);
                    }
                }))
                .whenComplete((id, failure) -> {
                    if (failure == null) {
                        wakeAll(name);
                    } else {
                        subscribed.remove(name); // the next one that waits tries again; until then they poll
                        log.warn("Cannot subscribe to wake-ups, waiting locks poll instead: {}", failure.toString());
                    }
                });
    }

    private void wake(String candidate) {
        RedisPlace woken = waiting.get(candidate);
        if (woken != null) {
            woken.wake();
        }
    }

    private void wakeAll(String channel) {
        waiting.values().stream()
                .filter(candidacy -> channel(candidacy.keys()).equals(channel))
                .forEach(RedisPlace::wake);
    }

    void close() {
        waiting.clear();
        for (String name : subscribed) {
            var unused = redisson.getTopic(name, StringCodec.INSTANCE).removeAllListenersAsync();
        }
    }
}
