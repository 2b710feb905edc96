package io.coordkit.lock.zookeeper;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.X509Exception.SSLContextException;

/** The settings {@code ca}, {@code keystore} and {@code keystore-password}, as ZooKeeper's client wants them. */
final class ZooKeeperTls {
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(6);

    private static final String PROTOCOLS =
            "TLSv1.3,TLSv1.2"; // its default is the first, that of 3.8's servers the second

    private ZooKeeperTls() {}

    /** A client's configuration for that address, tried out as far as that goes without a connection. */
    static ZKClientConfig config(ZooKeeperAddress address, Settings settings) {
        Optional<String> ca = settings.text("ca");
        Optional<String> keyStore = settings.text("keystore");
        Optional<String> password = settings.text("keystore-password");
        ZKClientConfig config = new ZKClientConfig();
        if (!address.tls()) {
            if (ca.isPresent() || keyStore.isPresent()) {
                throw new ConfigurationException(
                        address + ": ca and keystore are for TLS; make the URI begin with zks instead of zk");
            }
            return config;
        }
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        try (ClientX509Util names = new ClientX509Util()) {
            config.setProperty(names.getSslEnabledProtocolsProperty(), PROTOCOLS);
            ca.ifPresent(file -> {
                config.setProperty(names.getSslTruststoreLocationProperty(), file);
                config.setProperty(names.getSslTruststoreTypeProperty(), "PEM");
            });
            keyStore.ifPresent(file -> config.setProperty(names.getSslKeystoreLocationProperty(), file));
            password.ifPresent(secret -> config.setProperty(names.getSslKeystorePasswdProperty(), secret));
            names.createSSLContext(config);
        } catch (SSLContextException e) {
            throw new ConfigurationException(
                    "ca " + ca.map(file -> "'" + file + "' ").orElse("(not set) ") + "or keystore "
                            + keyStore.map(file -> "'" + file + "' ").orElse("(not set) ") + "cannot be used: "
                            + root(e),
                    e);
        }
        return config;
    }

    /**
     * Tries TLS with the servers, for the client itself only writes to its log why that fails.
     *
     * @throws BackendUnreachableException if one refuses and none takes part
     */
    static void requireHandshake(ZooKeeperAddress address, ZKClientConfig config) {
        List<SSLException> refusals = new ArrayList<>();
        try (ClientX509Util names = new ClientX509Util()) {
            SSLContext context = names.createSSLContext(config);
            for (InetSocketAddress server : new ConnectStringParser(address.servers()).getServerAddresses()) {
                try {
                    shakeHands(server, context);
                    return;
                } catch (SSLException e) {
                    refusals.add(e);
                } catch (IOException away) {
                    // The client connects to another, or says that there is none.
                }
            }
        } catch (SSLContextException e) {
            throw new ConfigurationException(address + " cannot be used: " + root(e), e);
        }
        if (!refusals.isEmpty()) {
            throw new BackendUnreachableException(
                    address + " cannot be used: " + root(refusals.get(0)), refusals.get(0));
        }
    }

    private static void shakeHands(InetSocketAddress server, SSLContext context) throws IOException {
        int millis = (int) HANDSHAKE_TIMEOUT.toMillis();
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
            socket.connect(new InetSocketAddress(server.getHostString(), server.getPort()), millis);
            socket.setSoTimeout(millis);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
        }
    }

    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
