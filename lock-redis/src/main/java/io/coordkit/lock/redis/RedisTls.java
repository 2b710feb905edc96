package io.coordkit.lock.redis;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
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
import org.redisson.config.Config;

/** The settings {@code ca}, {@code keystore} and {@code keystore-password}. */
final class RedisTls {
    private RedisTls() {}

    /** Has it trust and show what the settings name. */
    static void configure(Config config, RedisAddress address, Settings settings) {
        Optional<String> ca = settings.text("ca");
        Optional<String> keyStore = settings.text("keystore");
        Optional<String> password = settings.text("keystore-password");
        if (!address.tls() && (ca.isPresent() || keyStore.isPresent())) {
            throw new ConfigurationException(
                    address + ": ca and keystore are for TLS; make the URI begin with rediss instead of redis");
        }
        ca.ifPresent(file -> config.setSslTrustManagerFactory(trust(Path.of(file))));
        keyStore.ifPresent(file -> config.setSslKeyManagerFactory(
                keys(Path.of(file), password.orElse("").toCharArray())));
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
