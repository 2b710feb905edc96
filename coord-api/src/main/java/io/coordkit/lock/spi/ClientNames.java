package io.coordkit.lock.spi;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;

/** Names for lock clients, by which an operator finds the process that holds a lock. */
public final class ClientNames {
    private static final int RANDOM_BYTES = 16;
    private static final int LONGEST_HOST = 32;
    private static final String PROCESS = host() + "." + ProcessHandle.current().pid() + ".";

    private ClientNames() {}

    /**
     * A name that no other client has: {@code HOST.PID.RANDOM}, of lower-case letters, digits, hyphens and the two dots;
     * HOST is at most 32 of them, and RANDOM is 32 hexadecimal digits.
     */
    public static String next() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return PROCESS + HexFormat.of().formatHex(random);
    }

    private static String host() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            name = "unknown";
        }
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]+", "-");
        return plain.substring(0, Math.min(plain.length(), LONGEST_HOST));
    }
}
