package io.coordkit.testkit.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Where somebody else's database server is.
 *
 * @param address host and port
 * @param credentials as URL parameters
 */
record SqlAddress(String address, String credentials) {

    /** @throws IllegalArgumentException naming the variable, but not its value, for it may have a password */
    static SqlAddress parse(ServerKind kind, String value) {
        int at = value.lastIndexOf('@');
        int colon = value.indexOf(':');
        if (at < 0 || colon < 0 || colon > at) {
            throw new IllegalArgumentException(kind.variable() + " must be user:password@host:port");
        }
        return new SqlAddress(
                value.substring(at + 1),
                "user=" + encoded(value.substring(0, colon)) + "&password=" + encoded(value.substring(colon + 1, at)));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
