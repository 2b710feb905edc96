package io.coordkit.lock.redis;

import io.coordkit.ConfigurationException;
import io.coordkit.config.PercentEncoding;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is, and what stands there. The forms are those of {@link RedisLocks#connect}.
 *
 * <p>{@link URI} takes several hosts for a name of a registry and does not look into it, so that is done here. It takes
 * an IPv6 address only alone.
 *
 * @param nodes a host and a port each: of the server, of sentinels, or of some nodes of the cluster
 * @param masterName what the sentinels call the primary; empty without sentinels
 */
record RedisAddress(
        Topology topology,
        boolean tls,
        List<String> nodes,
        String masterName,
        int database,
        @Nullable String user,
        @Nullable String password) {
    static final Set<String> SCHEMES =
            Set.of("redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster");
    private static final int MAX_PORT = 65_535;

    /** What stands at an address. */
    enum Topology {
        STANDALONE(6379, "redis://[user:password@]host[:port][/database]"),
        SENTINEL(26379, "redis+sentinel://[user:password@]host[:port][,host[:port]...]/master-name[/database]"),
        CLUSTER(6379, "redis+cluster://[user:password@]host[:port][,host[:port]...]");

        private final int defaultPort;
        private final String form;

        Topology(int defaultPort, String form) {
            this.defaultPort = defaultPort;
            this.form = form;
        }

        ConfigurationException refuse(String because) {
            return new ConfigurationException("Redis URI must look like " + form + ", " + because);
        }
    }

    static RedisAddress parse(String uri) {
        try {
            return of(new URI(uri));
        } catch (URISyntaxException e) { // neither it nor the URI is told: they may hold a password
            throw new ConfigurationException("Redis URI is malformed: " + e.getReason() + " at index " + e.getIndex());
        }
    }

    static RedisAddress of(URI uri) {
        String scheme = uri.getScheme();
        if (scheme == null || !SCHEMES.contains(scheme)) {
            throw Topology.STANDALONE.refuse(
                    "or have one of the schemes " + SCHEMES.stream().sorted().toList() + ", was '" + scheme + "'");
        }
        Topology topology = scheme.endsWith("+sentinel")
                ? Topology.SENTINEL
                : scheme.endsWith("+cluster") ? Topology.CLUSTER : Topology.STANDALONE;
        String authority = uri.getRawAuthority();
        if (authority == null) {
            throw topology.refuse("has no host");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw topology.refuse("has something after '?' or '#'");
        }
        int at = authority.lastIndexOf('@');
        List<String> nodes = nodes(topology, authority.substring(at + 1));
        List<String> path = path(uri);
        String masterName = "";
        if (topology == Topology.SENTINEL) {
            if (path.isEmpty()) {
                throw topology.refuse("has no master-name");
            }
            masterName = path.get(0);
            path = path.subList(1, path.size());
        }
        String user = at < 0 ? null : authority.substring(0, at);
        int colon = user == null ? -1 : user.indexOf(':');
        return new RedisAddress(
                topology,
                scheme.startsWith("rediss"),
                nodes,
                masterName,
                database(topology, path),
                user != null && colon > 0 ? PercentEncoding.decode(user.substring(0, colon)) : null,
                user != null ? password(topology, user.substring(colon + 1)) : null);
    }

    private static List<String> nodes(Topology topology, String hosts) {
        List<String> nodes = new ArrayList<>();
        for (String host : hosts.split(",", -1)) {
            nodes.add(node(topology, host));
        }
        if (topology == Topology.STANDALONE && nodes.size() > 1) {
            throw topology.refuse("has the hosts '" + hosts + "'; several are for +sentinel and +cluster");
        }
        return List.copyOf(nodes);
    }

    private static String node(Topology topology, String host) {
        try {
            URI uri = new URI("redis://" + host);
            if (uri.getHost() != null && uri.getRawPath().isEmpty() && uri.getPort() <= MAX_PORT) {
                return uri.getHost() + ":" + (uri.getPort() < 0 ? topology.defaultPort : uri.getPort());
            }
        } catch (URISyntaxException malformed) {
            throw topology.refuse("has the host '" + host + "'");
        }
        throw topology.refuse("has the host '" + host + "'");
    }

    private static List<String> path(URI uri) {
        return Arrays.stream(uri.getPath().split("/", -1))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static int database(Topology topology, List<String> path) {
        if (path.isEmpty()) {
            return 0;
        }
        String text = String.join("/", path);
        if (topology == Topology.CLUSTER) {
            throw topology.refuse("was followed by '" + text + "'");
        }
        try {
            int database = Integer.parseInt(text);
            if (database >= 0) {
                return database;
            }
        } catch (NumberFormatException e) {
            throw topology.refuse("has the database '" + text + "'");
        }
        throw topology.refuse("has the database '" + text + "'");
    }

    private static String password(Topology topology, String raw) {
        if (raw.isEmpty()) {
            throw topology.refuse("has a user without a password");
        }
        return PercentEncoding.decode(raw);
    }

    /** Each node as Redisson wants it. */
    List<String> uris() {
        return nodes.stream()
                .map(node -> (tls ? "rediss://" : "redis://") + node)
                .toList();
    }

    /** The URI without user, password and database. */
    @Override
    public String toString() {
        String scheme = tls ? "rediss" : "redis";
        String all = String.join(",", nodes);
        return "Redis at "
                + switch (topology) {
                    case STANDALONE -> scheme + "://" + all;
                    case SENTINEL -> scheme + "+sentinel://" + all + "/" + masterName;
                    case CLUSTER -> scheme + "+cluster://" + all;
                };
    }
}
