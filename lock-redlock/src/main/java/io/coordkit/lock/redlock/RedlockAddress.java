package io.coordkit.lock.redlock;

import io.coordkit.ConfigurationException;
import io.coordkit.config.PercentEncoding;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one node is, and how to log in.
 *
 * <p>{@link URI} takes several hosts for a name of a registry and does not look into it, so that is done here.
 *
 * @param location scheme {@code redis} or {@code rediss}, host and port; what messages call the node
 * @param user for Redis with access control lists, if given
 * @param password if given
 * @param database 0 unless given
 */
record RedlockAddress(
        String location, @Nullable String user, @Nullable String password, int database) {
    private static final int DEFAULT_PORT = 6379;
    private static final String ONE = "Redlock node must look like redis://[[user]:password@]host[:port][/database]";
    private static final String ALL =
            "Redlock URI must look like redlock://[[user]:password@]host[:port],host[:port],host[:port][/database]";

    /** One node, from {@code redis://} or, for TLS, {@code rediss://}. */
    static RedlockAddress ofNode(String uri) {
        URI parsed = parse(uri, ONE);
        if (!List.of("redis", "rediss").contains(parsed.getScheme()) || parsed.getRawAuthority() == null) {
            throw new ConfigurationException(ONE + ", was scheme '" + parsed.getScheme() + "'");
        }
        List<RedlockAddress> one = split(parsed, parsed.getScheme(), ONE);
        if (one.size() != 1) {
            throw new ConfigurationException(ONE + ", has " + one.size() + " hosts");
        }
        return one.get(0);
    }

    /** All nodes, from {@code redlock://} or, for TLS, {@code redlocks://}; they share the credentials. */
    static List<RedlockAddress> ofAll(URI uri) {
        if (!List.of("redlock", "redlocks").contains(uri.getScheme()) || uri.getRawAuthority() == null) {
            throw new ConfigurationException(ALL + ", was scheme '" + uri.getScheme() + "'");
        }
        return split(uri, uri.getScheme().equals("redlocks") ? "rediss" : "redis", ALL);
    }

    private static List<RedlockAddress> split(URI uri, String scheme, String form) {
        String authority = uri.getRawAuthority();
        int at = authority.lastIndexOf('@');
        String credentials = at < 0 ? "" : authority.substring(0, at);
        int colon = credentials.indexOf(':');
        String user = colon > 0 ? PercentEncoding.decode(credentials.substring(0, colon)) : null;
        String password = at < 0 ? null : PercentEncoding.decode(credentials.substring(colon + 1));
        List<RedlockAddress> nodes = new ArrayList<>();
        for (String host : authority.substring(at + 1).split(",", -1)) {
            nodes.add(new RedlockAddress(location(scheme, host, form), user, password, database(uri, form)));
        }
        return nodes;
    }

    private static String location(String scheme, String host, String form) {
        URI uri = parse(scheme + "://" + host, form + ", has the host '" + host + "'");
        if (uri.getHost() == null) {
            throw new ConfigurationException(form + ", has the host '" + host + "'");
        }
        return scheme + "://" + uri.getHost() + ":" + (uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }

    private static int database(URI uri, String form) {
        String path = uri.getPath();
        if (path == null || path.length() < 2) {
            return 0;
        }
        try {
            return Integer.parseInt(path.substring(1));
        } catch (NumberFormatException e) {
            throw new ConfigurationException(form + ", has the database '" + path.substring(1) + "'", e);
        }
    }

    private static URI parse(String uri, String form) {
        try {
            return new URI(uri);
        } catch (URISyntaxException e) { // neither it nor the URI is told: they may hold a password
            throw new ConfigurationException(form + ": " + e.getReason() + " at index " + e.getIndex());
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return location;
    }
}
