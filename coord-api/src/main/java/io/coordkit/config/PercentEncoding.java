package io.coordkit.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** User names, passwords and paths as they stand in a URI (RFC 3986, section 2.1). */
public final class PercentEncoding {
    private PercentEncoding() {}

    /**
     * The text without its percent-encoding. A plus sign stays one, unlike in a form.
     *
     * @param encoded from a URI that {@link java.net.URI} has parsed
     */
    public static String decode(String encoded) {
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
