package io.coordkit.lock.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisNoScriptException;
import org.redisson.client.codec.StringCodec;

/** One Lua script: sent by its digest, and in full only when the server does not know it. Immutable. */
final class RedisScript {
    private final String text;
    private final String digest;

    private RedisScript(String text, String digest) {
        this.text = text;
        this.digest = digest;
    }

    /** Reads {@code name.lua} from beside this class. */
    static RedisScript load(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("Script " + name + ".lua is missing from the jar");
            }
            byte[] bytes = in.readAllBytes();
            String digest =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
            return new RedisScript(new String(bytes, StandardCharsets.UTF_8), digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1", e);
        }
    }

    /** Runs it where the first key lives. All of its scripts are safe to run again. */
    CompletionStage<List<Object>> run(RedissonClient redisson, List<String> keys, List<String> arguments) {
        RScript scripts = redisson.getScript(StringCodec.INSTANCE);
        List<Object> keyObjects = List.copyOf(keys);
        Object[] values = arguments.toArray();
        CompletionStage<List<Object>> cached =
                scripts.evalShaAsync(RScript.Mode.READ_WRITE, digest, RScript.ReturnType.LIST, keyObjects, values);
        return cached.exceptionallyCompose(failure -> isUnknownScript(failure)
                ? scripts.evalAsync(RScript.Mode.READ_WRITE, text, RScript.ReturnType.LIST, keyObjects, values)
                : CompletableFuture.failedStage(failure));
    }

    /** Runs it without keys on every primary, and returns all that they answered. */
    CompletionStage<List<Object>> runOnAll(RedissonClient redisson) {
        Function<Collection<List<Object>>, List<Object>> all =
                answers -> answers.stream().flatMap(List::stream).toList();
        return redisson.getScript(StringCodec.INSTANCE)
                .evalAsync(RScript.Mode.READ_WRITE, text, RScript.ReturnType.LIST, all);
    }

    private static boolean isUnknownScript(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RedisNoScriptException;
    }
}
