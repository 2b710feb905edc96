package io.coordkit.txn.grpc;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchEndpointProvider;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.URI;
import java.util.Set;

/**
 * Serves {@code grpc://host:port}, unencrypted, over a channel that closes with the endpoint. One setting, {@code
 * secret}, as {@link Access#secret} takes it; without it the service must be open.
 */
public final class GrpcEndpointProvider implements BranchEndpointProvider {

    /** For {@link java.util.ServiceLoader}. */
    public GrpcEndpointProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("grpc");
    }

    @Override
    public BranchEndpoint open(URI uri, Settings settings) {
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            // It is not told, for it may well be a secret.
            throw new ConfigurationException("Participant URI must be grpc://host:port, without user info, query and"
                    + " fragment, for " + uri.getHost() + ":" + uri.getPort()
                    + "; a secret belongs into coordkit.tcc.endpoints.secret");
        }
        boolean bare = uri.getRawPath() == null || uri.getRawPath().isEmpty();
        if (uri.getHost() == null || uri.getPort() < 1 || !bare) {
            throw new ConfigurationException("Participant URI must be grpc://host:port, was '" + uri + "'");
        }
        Access access = access(settings);
        ManagedChannel channel = ManagedChannelBuilder.forAddress(uri.getHost(), uri.getPort())
                .usePlaintext()
                .build();
        return GrpcParticipants.endpoint(channel, access, GrpcParticipants.CALL_TIMEOUT, channel::shutdownNow);
    }

    private static Access access(Settings settings) {
        try {
            return settings.text("secret").map(Access::secret).orElseGet(Access::open);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("coordkit.tcc.endpoints." + e.getMessage(), e);
        }
    }
}
