package io.coordkit.txn.grpc;

import io.coordkit.txn.spi.BranchEndpoint;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ServerInterceptors;
import java.time.Duration;
import java.util.Map;

/**
 * Participants of a transaction in other processes, by the gRPC service {@code coordkit.txn.v1.Participant}.
 *
 * <p><b>Promised:</b> an answer is "done" or "no" only if the participant itself said so; everything else (a cut
 * connection, a deadline, a status from a proxy) is no answer, and is asked again. The gid, the branch, the epoch, the
 * deadline and who asks travel in the metadata, so that interceptors can log and route by them.
 *
 * <p><b>Not promised:</b> encryption, which is the channel's and the server's. Whoever has {@link Access} to the service
 * can confirm and cancel what others have tried.
 *
 * <p>Everything returned is thread-safe.
 */
public final class GrpcParticipants {
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

    private GrpcParticipants() {}

    /**
     * The participants behind that channel, which the caller closes; calls time out after 5 s.
     *
     * @param access as the service has it
     */
    public static BranchEndpoint endpoint(Channel channel, Access access) {
        return endpoint(channel, access, CALL_TIMEOUT);
    }

    /**
     * The participants behind that channel, which the caller closes.
     *
     * @param access as the service has it
     * @param callTimeout how long a call may take; 10 ms to 10 minutes
     */
    public static BranchEndpoint endpoint(Channel channel, Access access, Duration callTimeout) {
        if (callTimeout.compareTo(Duration.ofMillis(10)) < 0 || callTimeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("callTimeout must be between PT0.01S and PT10M, was " + callTimeout);
        }
        return endpoint(channel, access, callTimeout, () -> {});
    }

    static BranchEndpoint endpoint(Channel channel, Access access, Duration callTimeout, Runnable onClose) {
        Channel authorized = Bearer.on(channel, access);
        return new GrpcEndpoint(authorized, new Reconnect(channel, System::nanoTime), callTimeout, onClose);
    }

    /**
     * The service for these participants by name, with the interceptors it needs; add it to a server. The caller closes
     * the participants.
     *
     * @param access who may call
     */
    public static BindableService service(Map<String, BranchEndpoint> participants, Access access) {
        ParticipantService service = new ParticipantService(participants);
        return Bearer.before(() -> ServerInterceptors.intercept(service, new BranchServerInterceptor()), access);
    }
}
