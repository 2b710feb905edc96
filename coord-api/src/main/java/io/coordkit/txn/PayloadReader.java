package io.coordkit.txn;

import java.io.IOException;

/**
 * Makes a participant's payload of its bytes, for example {@code Reservation::parseFrom} of a protobuf message.
 *
 * @param <P> the payload
 */
@FunctionalInterface
public interface PayloadReader<P> {

    /**
     * The payload in these bytes.
     *
     * @throws IOException if they are malformed; a try is refused then
     */
    P read(byte[] bytes) throws IOException;
}
