package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate authority of one's own, what it signed for a server on loopback and for a client, and an authority that
 * signed nothing. Made by the JDK's {@code keytool}, good for two days, in a directory that goes away with them or with
 * the JVM.
 *
 * <p>Thread-safe.
 */
public final class TestCertificates implements AutoCloseable {
    /** Of all key stores and trust stores. */
    public static final String PASSWORD = "test-only";

    private static final String SAN = "san=ip:127.0.0.1,dns:localhost";

    private final Path directory;
    private final Thread atExit;

    private TestCertificates(Path directory) {
        this.directory = directory;
        this.atExit = new Thread(() -> TemporaryDirectory.delete(directory), "coordkit-certificates-exit");
    }

    /** New keys and certificates. */
    public static TestCertificates create() {
        TestCertificates made = new TestCertificates(TemporaryDirectory.create("coordkit-certificates-"));
        Runtime.getRuntime().addShutdownHook(made.atExit);
        made.generate("ca", "-ext", "bc:critical=ca:true");
        made.generate("stranger", "-ext", "bc:critical=ca:true");
        made.generate("server", "-signer", "ca", "-ext", SAN);
        made.generate("client", "-signer", "ca");
        try {
            made.writeFiles();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Cannot use what keytool wrote", e);
        }
        return made;
    }

    /** The authority's certificate, PEM. */
    public Path ca() {
        return directory.resolve("ca.pem");
    }

    /** The certificate of the authority that signed nothing, PEM. */
    public Path strangersCa() {
        return directory.resolve("stranger.pem");
    }

    /** A PKCS#12 store that trusts the authority. */
    public Path trustStore() {
        return directory.resolve("ca-trust.p12");
    }

    /** A PKCS#12 store that trusts the other authority. */
    public Path strangersTrustStore() {
        return directory.resolve("stranger-trust.p12");
    }

    /** The server's certificate for 127.0.0.1 and localhost, PEM. */
    public Path serverCertificate() {
        return directory.resolve("server.pem");
    }

    /** The key to it, PEM (PKCS#8). */
    public Path serverKey() {
        return directory.resolve("server-key.pem");
    }

    /** Both, PKCS#12. */
    public Path serverKeyStore() {
        return directory.resolve("server.p12");
    }

    /** A client's certificate and key, PKCS#12. */
    public Path clientKeyStore() {
        return directory.resolve("client.p12");
    }

    /** Deletes them. Idempotent. */
    @Override
    public void close() {
        if (Runtime.getRuntime().removeShutdownHook(atExit)) {
            TemporaryDirectory.delete(directory);
        }
    }

    /** A key and its certificate, in one store with all others: a signer must be in the same. */
    private void generate(String alias, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        // In English, for a failure quotes what it prints; and it ends before a compiler would pay.
        command.addAll(List.of("-J-Duser.language=en", "-J-XX:TieredStopAtLevel=1", "-genkeypair", "-alias", alias));
        command.addAll(List.of("-dname", "CN=" + alias, "-validity", "2", "-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-keystore", all().toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of(options));
        ServerProcess.run(command, directory);
    }

    private Path all() {
        return directory.resolve("all.p12");
    }

    private void writeFiles() throws IOException, GeneralSecurityException {
        KeyStore all = KeyStore.getInstance(all().toFile(), PASSWORD.toCharArray());
        writeTrust(all.getCertificate("ca"), ca(), trustStore());
        writeTrust(all.getCertificate("stranger"), strangersCa(), strangersTrustStore());
        writeKey(all, "server", serverKeyStore());
        writeKey(all, "client", clientKeyStore());
        Files.writeString(serverCertificate(), pem(all.getCertificateChain("server")));
        byte[] key = all.getKey("server", PASSWORD.toCharArray()).getEncoded();
        Files.writeString(serverKey(), pem("PRIVATE KEY", key));
    }

    private static void writeTrust(Certificate certificate, Path pem, Path store)
            throws IOException, GeneralSecurityException {
        Files.writeString(pem, pem(certificate));
        KeyStore trusted = empty();
        trusted.setCertificateEntry("ca", certificate);
        write(trusted, store);
    }

    private static void writeKey(KeyStore all, String alias, Path store) throws IOException, GeneralSecurityException {
        char[] password = PASSWORD.toCharArray();
        KeyStore one = empty();
        one.setKeyEntry(alias, all.getKey(alias, password), password, all.getCertificateChain(alias));
        write(one, store);
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static void write(KeyStore store, Path file) throws IOException, GeneralSecurityException {
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private static String pem(Certificate... chain) throws GeneralSecurityException {
        StringBuilder text = new StringBuilder();
        for (Certificate certificate : chain) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return text.toString();
    }

    private static String pem(String label, byte[] content) {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
    }
}
