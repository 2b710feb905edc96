package io.coordkit.txn.grpc;

import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.TxnNames;
import io.grpc.Metadata;
import java.time.Instant;
import java.util.function.Function;

/**
 * What the metadata of a call say: which branch is meant, and by which coordinator. The keys are a wire format; see
 * {@code participant.proto}.
 */
record BranchHeaders(String gid, String branch, long epoch, Instant deadline) {
    private static final String FORMAT_1 = "1";
    private static final Metadata.Key<String> FORMAT = key("coordkit-format");
    private static final Metadata.Key<String> GID = key("coordkit-gid");
    private static final Metadata.Key<String> BRANCH = key("coordkit-branch");
    private static final Metadata.Key<String> EPOCH = key("coordkit-epoch");
    private static final Metadata.Key<String> DEADLINE = key("coordkit-deadline");

    static BranchHeaders of(BranchCall call) {
        return new BranchHeaders(call.gid(), call.branch(), call.epoch(), call.deadline());
    }

    void writeTo(Metadata metadata) {
        metadata.put(FORMAT, FORMAT_1);
        metadata.put(GID, gid);
        metadata.put(BRANCH, branch);
        metadata.put(EPOCH, Long.toString(epoch));
        metadata.put(DEADLINE, Long.toString(deadline.toEpochMilli()));
    }

    /** @throws IllegalArgumentException if a key is missing or malformed; the message names it */
    static BranchHeaders readFrom(Metadata metadata) {
        read(metadata, FORMAT, format -> {
            if (!format.equals(FORMAT_1)) {
                throw new IllegalArgumentException("this version knows format " + FORMAT_1);
            }
            return format;
        });
        return new BranchHeaders(
                read(metadata, GID, TxnNames::gid),
                read(metadata, BRANCH, TxnNames::branch),
                read(metadata, EPOCH, BranchHeaders::epoch),
                read(metadata, DEADLINE, millis -> Instant.ofEpochMilli(Long.parseLong(millis))));
    }

    private static long epoch(String value) {
        long epoch = Long.parseLong(value);
        if (epoch < 1) {
            throw new IllegalArgumentException("must be 1 or greater");
        }
        return epoch;
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
