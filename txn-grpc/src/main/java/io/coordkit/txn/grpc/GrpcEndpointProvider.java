package io.coordkit.txn.grpc;

import io.coordkit.ConfigurationException;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchEndpointProvider;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.URI;
import java.util.Set;

/** Serves {@code grpc://host:port}, unencrypted, over a channel that closes with the endpoint. */
public final class GrpcEndpointProvider implements BranchEndpointProvider {

    /** For {@link java.util.ServiceLoader}. */
    public GrpcEndpointProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("grpc");
    }

    @Override
    public BranchEndpoint open(URI uri) {
        boolean bare = (uri.getRawPath() == null || uri.getRawPath().isEmpty())
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && uri.getRawUserInfo() == null;
        if (uri.getHost() == null || uri.getPort() < 1 || !bare) {
            throw new ConfigurationException("Participant URI must be grpc://host:port, was '" + uri + "'");
        }
        ManagedChannel channel = ManagedChannelBuilder.forAddress(uri.getHost(), uri.getPort())
                .usePlaintext()
                .build();
        return GrpcParticipants.endpoint(channel, GrpcParticipants.CALL_TIMEOUT, channel::shutdownNow);
    }
}
