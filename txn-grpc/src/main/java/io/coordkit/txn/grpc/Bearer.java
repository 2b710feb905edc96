package io.coordkit.txn.grpc;

import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries secrets over the wire and asks for them. Thread-safe. */
final class Bearer {
    private static final Logger log = LoggerFactory.getLogger(Bearer.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "Bearer ";
    /** How long nothing is said after a warning. */
    private static final Duration QUIET = Duration.ofSeconds(5);

    private Bearer() {}

    /** That channel, with the secret in every call. */
    static Channel on(Channel channel, Access access) {
        return access.isOpen() ? channel : ClientInterceptors.intercept(channel, new Sending(access));
    }

    /** That service, for those who know a secret. */
    static BindableService before(BindableService service, Access access) {
        return access.isOpen() ? service : () -> ServerInterceptors.intercept(service, new Asking(access));
    }

    private record Sending(Access access) implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<R> listener, Metadata metadata) {
                    metadata.put(AUTHORIZATION, SCHEME + access.first());
                    super.start(listener, metadata);
                }
            };
        }
    }

    /** Warns once in a while: a coordinator without the secret asks again and again. */
    private static final class Asking implements ServerInterceptor {
        private final Access access;
        private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
        private final AtomicLong unsaid = new AtomicLong();

        Asking(Access access) {
            this.access = access;
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata metadata, ServerCallHandler<Q, R> next) {
            String sent = metadata.get(AUTHORIZATION);
            if (sent != null && sent.startsWith(SCHEME) && access.admits(sent.substring(SCHEME.length()))) {
                return next.startCall(call, metadata);
            }
            String trouble = sent == null ? "no secret came with the call" : "another secret came with the call";
            warn(call, trouble);
            call.close(
                    Status.UNAUTHENTICATED.withDescription(
                            trouble + ": give both sides the same secret, or let the server accept both"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }

        private void warn(ServerCall<?, ?> call, String trouble) {
            long now = System.nanoTime();
            long until = quietUntil.get();
            if (now - until < 0 || !quietUntil.compareAndSet(until, now + QUIET.toNanos())) {
                unsaid.incrementAndGet();
                return;
            }
            log.warn(
                    "{} from {} was turned away, {} more since the last warning: {}; if that is a coordinator or"
                            + " participant of yours, give both sides the same secret, it repeats the call until then",
                    call.getMethodDescriptor().getFullMethodName(),
                    peer(call.getAttributes()),
                    unsaid.getAndSet(0),
                    trouble);
        }

        private static Object peer(Attributes attributes) {
            Object address = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            return address == null ? "an unknown address" : address;
        }
    }
}
