package io.coordkit.id.etcd;

import io.coordkit.ConfigurationException;
import io.coordkit.config.PercentEncoding;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Opens a jetcd client for ids: calls that fail fast, and dead connections found out soon. */
final class EtcdConnection {
    private static final String FORM = "etcd URI must look like etcd://[user:password@]host[:port][,host[:port]...]";
    private static final Pattern URI_FORM = Pattern.compile("(etcds?)://(?:([^@/]+):([^@/]+)@)?([^@/]+)/?");
    private static final Pattern MEMBER = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
    private static final int DEFAULT_PORT = 2379;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PING_EVERY = Duration.ofSeconds(10); // the least gRPC allows
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);
    private static final long RETRY_MILLIS = 10;

    private EtcdConnection() {}

    static Client open(String text, Optional<Path> trusted) {
        Matcher uri = URI_FORM.matcher(text);
        if (!uri.matches()) { // not told: it may hold a password
            throw new ConfigurationException(FORM);
        }
        boolean tls = uri.group(1).equals("etcds");
        ClientBuilder builder = Client.builder()
                .endpoints(endpoints(tls, uri.group(4)))
                .waitForReady(false)
                .connectTimeout(CONNECT_TIMEOUT)
                .keepaliveTime(PING_EVERY)
                .keepaliveTimeout(PING_TIMEOUT)
                .keepaliveWithoutCalls(true)
                .retryDelay(RETRY_MILLIS)
                .retryMaxDelay(RETRY_MILLIS * 10);
        if (uri.group(2) != null) {
            builder.user(bytes(PercentEncoding.decode(uri.group(2))))
                    .password(bytes(PercentEncoding.decode(uri.group(3))));
        }
        if (tls) {
            trust(builder, trusted);
        }
        return builder.build();
    }

    /** A well-formed URI without its password. */
    static String place(String uri) {
        return uri.replaceFirst("//([^:@/]+):[^@/]+@", "//$1@");
    }

    private static List<URI> endpoints(boolean tls, String members) {
        List<URI> endpoints = new ArrayList<>();
        for (String member : members.split(",", -1)) {
            if (!MEMBER.matcher(member).matches()) {
                throw new ConfigurationException(FORM + ", has the host '" + member + "'");
            }
            URI uri = URI.create((tls ? "https://" : "http://") + member);
            endpoints.add(uri.getPort() >= 0 ? uri : URI.create(uri + ":" + DEFAULT_PORT));
        }
        return endpoints;
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
}
