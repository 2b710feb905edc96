package io.coordkit.lock.redlock;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisNoScriptException;
import org.redisson.client.codec.StringCodec;

/** What a node is asked, as a Lua script: sent by its digest, and in full only where it is not known. Immutable. */
final class NodeScript {
    private final String text;
    private final String digest;

    private NodeScript(String text, String digest) {
        this.text = text;
        this.digest = digest;
    }

    /** Reads these files from beside this class, one after the other. */
    static NodeScript of(String... files) {
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append(read(file));
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        try {
            return new NodeScript(
                    text.toString(),
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1", e);
        }
    }

    private static String read(String file) {
        try (InputStream in = NodeScript.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("Script " + file + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it there. All of its scripts are safe to run again. */
    CompletableFuture<List<Object>> run(RedissonClient redisson, List<String> keys, List<String> arguments) {
        RScript scripts = redisson.getScript(StringCodec.INSTANCE);
        List<Object> keyObjects = List.copyOf(keys);
        Object[] values = arguments.toArray();
        return scripts.<List<Object>>evalShaAsync(
                        RScript.Mode.READ_WRITE, digest, RScript.ReturnType.LIST, keyObjects, values)
                .toCompletableFuture()
                .exceptionallyCompose(failure -> isUnknown(failure)
                        ? scripts.evalAsync(RScript.Mode.READ_WRITE, text, RScript.ReturnType.LIST, keyObjects, values)
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean isUnknown(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RedisNoScriptException;
    }
}
