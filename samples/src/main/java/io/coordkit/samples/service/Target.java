package io.coordkit.samples.service;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The address of a gRPC service. */
public record Target(String host, int port) {
    private static final Pattern FORMAT = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+]):([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    /**
     * Reads HOST:PORT.
     *
     * @param option for the message
     * @throws StartupException if it is malformed
     */
    public static Target parse(String option, String value) {
        Matcher matcher = FORMAT.matcher(value);
        if (matcher.matches()) {
            int port = Integer.parseInt(matcher.group(2));
            if (port >= 1 && port <= MAX_PORT) {
                return new Target(matcher.group(1), port);
            }
        }
        throw new StartupException(option + " must be HOST:PORT, was '" + value + "'");
    }

    /** A channel to it, which does not connect before it is used and ends with {@code lifetime}. */
    public ManagedChannel channel(Lifetime lifetime) {
        ManagedChannel channel = Grpc.newChannelBuilder(toString(), InsecureChannelCredentials.create())
                .build();
        lifetime.owns(channel::shutdownNow);
        return channel;
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
