package io.coordkit.lock.etcd;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Opens a jetcd client for locks: calls that fail fast and end, and dead connections found out soon. */
final class EtcdConnection {
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(5);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PING_EVERY = Duration.ofSeconds(10); // the least gRPC allows
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);
    private static final long RETRY_MILLIS = 10;

    private EtcdConnection() {}

    static EtcdLockBackend open(EtcdAddress address, Optional<Path> trusted) {
        ClientBuilder builder = Client.builder()
                .endpoints(address.endpoints())
                .waitForReady(false)
                .connectTimeout(CONNECT_TIMEOUT)
                .keepaliveTime(PING_EVERY)
                .keepaliveTimeout(PING_TIMEOUT)
                .keepaliveWithoutCalls(true)
                .retryDelay(RETRY_MILLIS)
                .retryMaxDelay(RETRY_MILLIS * 10)
                .interceptor(new Deadlines());
        address.user().ifPresent(user -> builder.user(bytes(user.name())).password(bytes(user.password())));
        if (address.tls()) {
            trust(builder, trusted);
        }
        Client client = builder.build();
        try {
            return EtcdLockBackend.over(client, client::close, System::nanoTime);
        } catch (BackendUnreachableException e) {
            client.close();
            throw new BackendUnreachableException(address + ": " + e.getMessage(), e.getCause());
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private static void trust(ClientBuilder builder, Optional<Path> trusted) {
        try {
            SslContextBuilder tls = GrpcSslContexts.forClient();
            trusted.ifPresent(ca -> tls.trustManager(ca.toFile()));
            builder.sslContext(tls.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new ConfigurationException("Certificates to trust cannot be read from " + trusted, e);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    /** Gives every call but a watch a deadline: jetcd has none, and a call without one may take effect hours later. */
    private static final class Deadlines implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            boolean endless = "etcdserverpb.Watch".equals(method.getServiceName());
            return next.newCall(
                    method,
                    endless ? options : options.withDeadlineAfter(CALL_DEADLINE.toNanos(), TimeUnit.NANOSECONDS));
        }
    }
}
