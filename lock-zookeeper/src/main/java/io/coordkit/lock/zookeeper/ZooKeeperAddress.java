package io.coordkit.lock.zookeeper;

import io.coordkit.ConfigurationException;
import io.coordkit.config.PercentEncoding;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where ZooKeeper is: {@code zk://[user:password@]host[:port][,host[:port]...][/chroot]}, or {@code zks://} for TLS.
 *
 * @param servers as Curator's connect string has them
 * @param chroot what comes before all paths, without slashes at its ends; empty for none
 * @param digest {@code user:password}, as the digest scheme wants it
 */
record ZooKeeperAddress(boolean tls, String servers, String chroot, Optional<String> digest) {
    private static final Pattern SERVERS =
            Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?(?:,(?!$)|$)");
    private static final String FORM =
            "ZooKeeper URI must look like zk://[user:password@]host[:port][,host[:port]...][/chroot]";

    static ZooKeeperAddress parse(String uri) {
        try {
            return of(new URI(uri));
        } catch (URISyntaxException e) { // neither it nor the URI is told: they may hold a password
            throw new ConfigurationException(
                    "ZooKeeper URI is malformed: " + e.getReason() + " at index " + e.getIndex());
        }
    }

    static ZooKeeperAddress of(URI uri) {
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        int at = authority.lastIndexOf('@');
        String servers = authority.substring(at + 1);
        boolean tls = "zks".equals(uri.getScheme());
        if (!(tls || "zk".equals(uri.getScheme()))
                || servers.isEmpty()
                || !SERVERS.matcher(servers).replaceAll("").isEmpty()) {
            throw new ConfigurationException(
                    FORM + ", was scheme '" + uri.getScheme() + "' and servers '" + servers + "'");
        }
        Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(digest(authority.substring(0, at)));
        return new ZooKeeperAddress(tls, servers, chroot(uri), digest);
    }

    private static String digest(String userInfo) {
        int colon = userInfo.indexOf(':');
        if (colon <= 0 || colon == userInfo.length() - 1) {
            throw new ConfigurationException(FORM + ", has a user without a password");
        }
        return PercentEncoding.decode(userInfo.substring(0, colon)) + ":"
                + PercentEncoding.decode(userInfo.substring(colon + 1));
    }

    private static String chroot(URI uri) {
        String path = uri.getPath() == null ? "" : uri.getPath();
        String trimmed = path.replaceAll("^/|/$", "");
        if (trimmed.contains("//")) {
            throw new ConfigurationException("ZooKeeper URI has an empty element in its path '" + path + "'");
        }
        return trimmed;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ZooKeeper at " + servers;
    }
}
