package io.coordkit.samples.service;

import io.coordkit.txn.grpc.Access;
import java.security.SecureRandom;
import java.util.HexFormat;

/** What the two services know each other by; never on a command line, where everybody on the machine could read it. */
public final class Secret {
    /** The environment variable that holds it. */
    public static final String VARIABLE = "COORDKIT_SECRET";

    private static final int BYTES = 16;

    private Secret() {}

    /**
     * As the environment says. Without a secret, whoever is on this machine may confirm, cancel and ask; that is said on
     * standard output.
     *
     * @throws StartupException if it is malformed
     */
    public static Access fromEnvironment() {
        String secret = System.getenv(VARIABLE);
        if (secret == null) {
            System.out.println(VARIABLE + " is not set: whoever reaches this port may confirm, cancel and ask");
            return Access.open();
        }
        return ServiceOptions.valid(VARIABLE, () -> Access.secret(secret));
    }

    /** One that nobody can guess. */
    public static String random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
