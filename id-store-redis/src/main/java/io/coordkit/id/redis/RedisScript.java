package io.coordkit.id.redis;

import io.coordkit.BackendUnreachableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/** One Lua script, safe to run again. Immutable. */
final class RedisScript {
    private final String text;

    private RedisScript(String text) {
        this.text = text;
    }

    /** Reads {@code name.lua} from beside this class. */
    static RedisScript load(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("Script " + name + ".lua is missing from the jar");
            }
            return new RedisScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Its answer. It runs once per window and generator or so, so it is sent in full each time.
     *
     * @throws BackendUnreachableException if Redis did not answer, or refused
     */
    List<Object> run(RedissonClient redisson, String key, Object... arguments) {
        try {
            return redisson.getScript(StringCodec.INSTANCE)
                    .eval(RScript.Mode.READ_WRITE, text, RScript.ReturnType.LIST, List.of(key), arguments);
        } catch (RedisException e) {
            throw new BackendUnreachableException("Redis did not answer: " + e.getMessage(), e);
        }
    }
}
