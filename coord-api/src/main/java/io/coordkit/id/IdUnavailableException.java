package io.coordkit.id;

import io.coordkit.CoordException;
import org.jspecify.annotations.Nullable;

/** No id can be issued now: the clock stands still, the store is down, the layout or the generator has ended. */
public class IdUnavailableException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final String tag;

    /** No id for that tag; the message says why and what to do. */
    public IdUnavailableException(String tag, String message, @Nullable Throwable cause) {
        super("Ids '" + tag + "': " + message, cause);
        this.tag = tag;
    }

    /** The generator's tag. */
    public String tag() {
        return tag;
    }
}
