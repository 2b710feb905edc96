package io.coordkit.txn.grpc;

import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnOrigin;
import io.grpc.Metadata;
import java.time.Instant;
import java.util.function.Function;

/**
 * What the metadata of a call say: which branch is meant, and by which coordinator. The keys are a wire format; see
 * {@code participant.proto}.
 */
record BranchHeaders(String gid, String branch, int attempt, TxnOrigin origin) {
    private static final String FORMAT_2 = "2";
    private static final Metadata.Key<String> FORMAT = key("coordkit-format");
    private static final Metadata.Key<String> GID = key("coordkit-gid");
    private static final Metadata.Key<String> BRANCH = key("coordkit-branch");
    private static final Metadata.Key<String> ATTEMPT = key("coordkit-attempt");
    private static final Metadata.Key<String> HOME = key("coordkit-home");
    private static final Metadata.Key<String> COORDINATOR = key("coordkit-coordinator");
    private static final Metadata.Key<String> EPOCH = key("coordkit-epoch");
    private static final Metadata.Key<String> DEADLINE = key("coordkit-deadline");

    static BranchHeaders of(BranchCall call) {
        return new BranchHeaders(call.gid(), call.branch(), call.attempt(), call.origin());
    }

    void writeTo(Metadata metadata) {
        metadata.put(FORMAT, FORMAT_2);
        metadata.put(GID, gid);
        metadata.put(BRANCH, branch);
        metadata.put(ATTEMPT, Integer.toString(attempt));
        metadata.put(HOME, origin.home());
        metadata.put(COORDINATOR, origin.coordinator());
        metadata.put(EPOCH, Long.toString(origin.epoch()));
        metadata.put(DEADLINE, Long.toString(origin.deadline().toEpochMilli()));
    }

    /** @throws IllegalArgumentException if a key is missing or malformed; the message names it */
    static BranchHeaders readFrom(Metadata metadata) {
        read(metadata, FORMAT, format -> {
            if (!format.equals(FORMAT_2)) {
                throw new IllegalArgumentException("this version knows format " + FORMAT_2);
            }
            return format;
        });
        return new BranchHeaders(
                read(metadata, GID, TxnNames::gid),
                read(metadata, BRANCH, TxnNames::branch),
                read(metadata, ATTEMPT, value -> Math.toIntExact(positive(value))),
                new TxnOrigin(
                        read(metadata, HOME, TxnNames::home),
                        read(metadata, COORDINATOR, TxnNames::coordinator),
                        read(metadata, EPOCH, BranchHeaders::positive),
                        read(metadata, DEADLINE, millis -> Instant.ofEpochMilli(Long.parseLong(millis)))));
    }

    private static long positive(String value) {
        long number = Long.parseLong(value);
        if (number < 1) {
            throw new IllegalArgumentException("must be 1 or greater");
        }
        return number;
    }

    private static <T> T read(Metadata metadata, Metadata.Key<String> key, Function<String, T> parse) {
        String value = metadata.get(key);
        if (value == null) {
            throw new IllegalArgumentException("metadata " + key.name() + " is missing");
        }
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("metadata " + key.name() + " is '" + value + "': " + e.getMessage(), e);
        }
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
