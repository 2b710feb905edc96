package io.coordkit.txn.grpc;

import io.coordkit.txn.spi.BranchEndpoint;
import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** A real gRPC server on loopback with one service, and a channel to it. */
final class Loopback implements AutoCloseable {
    /** For a service and its client. */
    static final Access ACCESS = Access.secret("a-secret-of-the-tests");

    /** For an answer, which the first call of a process has to load much for. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Server server;
    private final ManagedChannel channel;

    Loopback(BindableService service) {
        try {
            server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                    .addService(service)
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        channel = Grpc.newChannelBuilderForAddress("127.0.0.1", server.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    int port() {
        return server.getPort();
    }

    ManagedChannel channel() {
        return channel;
    }

    /** The client's side; closing it closes all of this, and what is behind it. */
    BranchEndpoint client(Runnable closeBehind) {
        return GrpcParticipants.endpoint(channel, ACCESS, PATIENCE, () -> {
            close();
            closeBehind.run();
        });
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
