package io.coordkit.testkit.lock;

import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What locks may leave in a Redis, and what it has done for them; asked without a client library. */
public final class RedisResidue {
    /** The name of connections that are no lock client's. */
    public static final String TESTS_OWN = "test";

    private static final Pattern CALLS = Pattern.compile("cmdstat_[^:]+:calls=([0-9]+)");

    /** Whoever asks, the test's own, the sentinels, and what a primary and its replicas have with each other. */
    private static final Pattern NOBODYS =
            Pattern.compile(" cmd=client| name=(?:" + TESTS_OWN + "|sentinel-\\S*) | flags=[SM] ");

    private RedisResidue() {}

    /**
     * The base line of a class that tests locks on these servers: threads, connections and keys.
     *
     * @param servers those that answer
     * @param keys a pattern, as {@code KEYS} wants it, of what must not stay in them
     */
    public static BaseLine baseLine(Supplier<List<RedisServer>> servers, String keys) {
        return baseLineWithoutConnections(servers, keys).andStore("connections", () -> connections(servers.get()));
    }

    /**
     * The same for clients that look for other servers all the time, as those of sentinels and clusters do: Redisson now
     * and then leaves a connection open that it was just opening when it was shut down.
     */
    public static BaseLine baseLineWithoutConnections(Supplier<List<RedisServer>> servers, String keys) {
        return BaseLine.ofThreads().andStore("keys", () -> keys(servers.get(), keys));
    }

    /** Whoever is connected, as a lock client may be. */
    public static List<String> connections(List<RedisServer> servers) {
        return servers.stream()
                .flatMap(server -> lines(server.command("CLIENT", "LIST"))
                        .filter(line -> !NOBODYS.matcher(line).find())
                        .map(line -> server.address() + " "
                                + line.substring(0, line.indexOf(' ', line.indexOf(" addr=") + 1))))
                .toList();
    }

    /** How many commands they have carried out together, those in scripts included. */
    public static long commands(List<RedisServer> servers) {
        return servers.stream()
                .flatMap(server ->
                        CALLS.matcher(server.command("INFO", "commandstats")).results())
                .mapToLong(calls -> Long.parseLong(calls.group(1)))
                .sum();
    }

    /** The keys that match a pattern, as {@code KEYS} wants it. */
    public static List<String> keys(List<RedisServer> servers, String pattern) {
        return servers.stream()
                .flatMap(server -> lines(server.command("KEYS", pattern)).map(key -> server.address() + " " + key))
                .toList();
    }

    private static Stream<String> lines(String answer) {
        return answer.lines().map(String::strip).filter(line -> !line.isEmpty());
    }
}
