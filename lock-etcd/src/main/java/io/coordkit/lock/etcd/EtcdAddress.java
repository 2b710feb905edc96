package io.coordkit.lock.etcd;

import io.coordkit.ConfigurationException;
import io.coordkit.config.PercentEncoding;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where etcd is: {@code etcd://[user:password@]host[:port][,host[:port]...]}, or {@code etcds://} for TLS.
 *
 * <p>{@link URI} takes several hosts for a name of a registry and does not look into it, so that is done here. It takes
 * an IPv6 address only alone.
 *
 * @param endpoints one URI for each member, with a port
 * @param user the user and the password, if given
 */
record EtcdAddress(boolean tls, List<URI> endpoints, Optional<Credentials> user) {
    private static final int DEFAULT_PORT = 2379;
    private static final String FORM = "etcd URI must look like etcd://[user:password@]host[:port][,host[:port]...]";

    /** A name and its password. */
    record Credentials(String name, String password) {
        @Override
        public String toString() {
            return name; // never the password
        }
    }

    static EtcdAddress parse(String uri) {
        try {
            return of(new URI(uri));
        } catch (URISyntaxException e) {
            // The message must not repeat a password.
            throw new ConfigurationException(FORM + ": " + e.getReason() + " at position " + e.getIndex());
        }
    }

    static EtcdAddress of(URI uri) {
        String authority = uri.getRawAuthority();
        if (authority == null || !List.of("etcd", "etcds").contains(uri.getScheme())) {
            throw new ConfigurationException(
                    FORM + ", was scheme '" + uri.getScheme() + "' and host '" + uri.getHost() + "'");
        }
        if (!uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/")) {
            throw new ConfigurationException(FORM + ", was followed by '" + uri.getRawPath() + "'");
        }
        boolean tls = uri.getScheme().equals("etcds");
        int at = authority.lastIndexOf('@');
        List<URI> endpoints = new ArrayList<>();
        for (String member : authority.substring(at + 1).split(",", -1)) {
            endpoints.add(endpoint(tls, member));
        }
        return new EtcdAddress(
                tls, endpoints, at < 0 ? Optional.empty() : Optional.of(user(authority.substring(0, at))));
    }

    private static URI endpoint(boolean tls, String member) {
        try {
            URI uri = new URI((tls ? "https://" : "http://") + member);
            if (uri.getHost() != null) {
                return uri.getPort() >= 0 ? uri : new URI(uri + ":" + DEFAULT_PORT);
            }
        } catch (URISyntaxException malformed) {
            throw new ConfigurationException(FORM + ", has the host '" + member + "'", malformed);
        }
        throw new ConfigurationException(FORM + ", has the host '" + member + "'");
    }

    private static Credentials user(String userInfo) {
        int colon = userInfo.indexOf(':');
        if (colon <= 0 || colon == userInfo.length() - 1) {
            throw new ConfigurationException(FORM + ", has a user without a password");
        }
        return new Credentials(
                PercentEncoding.decode(userInfo.substring(0, colon)),
                PercentEncoding.decode(userInfo.substring(colon + 1)));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "etcd at "
                + String.join(",", endpoints.stream().map(URI::getAuthority).toList());
    }
}
