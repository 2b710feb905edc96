package io.coordkit.samples.order;

import io.coordkit.CoordException;
import org.jspecify.annotations.Nullable;

/** The order may or may not have been placed; whoever asks again will be told. */
final class UndecidedException extends CoordException {
    private static final long serialVersionUID = 1L;

    UndecidedException(String orderNo, String why, @Nullable Throwable cause) {
        super("Order " + orderNo + " has no outcome yet: " + why + "; ask again", cause);
    }
}
