package io.coordkit.txn.grpc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who may call the services of this module: whoever knows a secret, or whoever reaches them.
 *
 * <p>A secret travels in the metadata {@code authorization}, as a bearer token (RFC 6750, section 2.1), which whoever
 * listens can read unless the channel is encrypted. A call without it, or with another one, is answered with
 * UNAUTHENTICATED before anything of it is looked at; that is no "no", so coordinators and participants repeat it, and
 * nothing is lost while two sides disagree.
 *
 * <p>To change a secret, first let the servers {@linkplain #orSecret accept} the new one too, then give it to the
 * clients, then take the old one away. Immutable.
 */
public final class Access {
    private static final int MIN_LENGTH = 16;
    private static final int MAX_LENGTH = 256;
    private static final Access OPEN = new Access(List.of());

    private final List<String> secrets;

    private Access(List<String> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /**
     * Whoever reaches the services may confirm, cancel and abort. For networks, or channels with client certificates,
     * that let nobody else through.
     */
    public static Access open() {
        return OPEN;
    }

    /**
     * Whoever knows that secret.
     *
     * @param secret 16 to 256 printable ASCII characters without spaces
     * @throws IllegalArgumentException if it is not; the message does not tell it
     */
    public static Access secret(String secret) {
        return new Access(List.of(checked(secret)));
    }

    /**
     * Whoever knows one of these secrets or that one; clients use the one that was given first.
     *
     * @throws IllegalStateException if the access is open
     */
    public Access orSecret(String another) {
        if (isOpen()) {
            throw new IllegalStateException("Open access cannot be restricted by one more secret");
        }
        return new Access(
                Stream.concat(secrets.stream(), Stream.of(checked(another))).toList());
    }

    private static String checked(String secret) {
        if (secret.length() < MIN_LENGTH || secret.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "secret must be " + MIN_LENGTH + " to " + MAX_LENGTH + " characters, was " + secret.length());
        }
        if (!secret.chars().allMatch(each -> each > ' ' && each < 127)) {
            throw new IllegalArgumentException("secret must be printable ASCII without spaces");
        }
        return secret;
    }

    boolean isOpen() {
        return secrets.isEmpty();
    }

    /** What clients send. */
    String first() {
        return secrets.get(0);
    }

    /** In a time that does not tell how much of it is right. */
    boolean admits(String candidate) {
        boolean admitted = false;
        for (String secret : secrets) {
            admitted |= MessageDigest.isEqual(bytes(candidate), bytes(secret));
        }
        return admitted;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** How many secrets, not which. */
    @Override
    public String toString() {
        return isOpen() ? "Access[open]" : "Access[" + secrets.size() + " secrets]";
    }
}
