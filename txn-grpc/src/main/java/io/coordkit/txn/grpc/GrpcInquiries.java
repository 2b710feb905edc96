package io.coordkit.txn.grpc;

import io.coordkit.txn.spi.InquiryEndpoint;
import io.grpc.BindableService;
import io.grpc.Channel;
import java.time.Duration;
import java.util.Map;

/**
 * Outcomes for participants in other processes, by the gRPC service {@code coordkit.txn.v1.Outcomes}.
 *
 * <p><b>Promised:</b> an answer is what the home log says; everything else (a cut connection, a timeout, a home that is
 * not served there) is no answer, and the participant asks again.
 *
 * <p><b>Not promised:</b> encryption, which is the channel's and the server's. Whoever has {@link Access} to the service
 * can abort transactions that are not decided and whose coordinator is gone.
 *
 * <p>Everything returned is thread-safe.
 */
public final class GrpcInquiries {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private GrpcInquiries() {}

    /**
     * Asks behind that channel, which the caller closes; an inquiry times out after 5 s.
     *
     * @param access as the service has it
     */
    public static InquiryEndpoint endpoint(Channel channel, Access access) {
        return new GrpcInquiryEndpoint(Bearer.on(channel, access), new Reconnect(channel, System::nanoTime), TIMEOUT);
    }

    /**
     * The service that answers for these home logs by name; add it to a server. The caller closes what answers.
     *
     * @param access who may ask
     */
    public static BindableService service(Map<String, InquiryEndpoint> homes, Access access) {
        return Bearer.before(new OutcomeService(homes), access);
    }
}
