package io.coordkit.config;

import io.coordkit.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * The settings {@code ca}, {@code keystore} and {@code keystore-password}, by which a client says whom it trusts and
 * shows who it is. Immutable.
 *
 * @param trust from {@code ca}, a PEM file of certificates; without it, the client trusts whom Java trusts
 * @param keys from {@code keystore}, a PKCS#12 or JKS file with a certificate and its key, opened with
 *     {@code keystore-password}; without it, the client shows nothing
 */
public record TlsSettings(Optional<TrustManagerFactory> trust, Optional<KeyManagerFactory> keys) {
    /** None of them. */
    public static final TlsSettings NONE = new TlsSettings(Optional.empty(), Optional.empty());

    /**
     * Reads them and the files that they name.
     *
     * @throws ConfigurationException naming a file that cannot be used
     */
    public static TlsSettings of(Settings settings) {
        char[] password = settings.text("keystore-password").orElse("").toCharArray();
        return new TlsSettings(
                settings.text("ca").map(file -> trust(Path.of(file))),
                settings.text("keystore").map(file -> keys(Path.of(file), password)));
    }

    /**
     * Refuses them for a connection without TLS, which would not heed them.
     *
     * @param address what the message calls the server
     * @param remedy what to do, for example {@code make the URI begin with rediss}
     * @throws ConfigurationException if there are any
     */
    public void refuseWithoutTls(String address, String remedy) {
        if (trust.isPresent() || keys.isPresent()) {
            throw new ConfigurationException(address + ": ca and keystore are for TLS; " + remedy);
        }
    }

    private static TrustManagerFactory trust(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry(Integer.toString(trusted.size()), certificate);
            }
            if (trusted.size() == 0) {
                throw new ConfigurationException("ca '" + file + "' has no certificate in it");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigurationException("ca '" + file + "' must be a PEM file of certificates: " + e, e);
        }
    }

    private static KeyManagerFactory keys(Path file, char[] password) {
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), password);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password);
            return factory;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "keystore '" + file + "' cannot be opened with keystore-password: " + e, e);
        }
    }
}
