package io.coordkit.lock.redlock.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A client.
 *
 * @param phase what it is at
 * @param value what it proposes or holds; 0 when idle
 * @param sentAt when it sent that proposal, or the last renewal that a majority has confirmed
 * @param renewingSince when it sent the renewal that is under way, or {@link #NOT_RENEWING}
 * @param highest the highest value it knows of
 * @param past what it has proposed before, for such messages may still arrive
 * @param again the value for which nodes were asked to vote again, 0 if none
 */
record ModelClient(Phase phase, int value, int sentAt, int renewingSince, int highest, List<Integer> past, int again) {
    static final int NOT_RENEWING = -1;
    static final ModelClient NEW = new ModelClient(Phase.IDLE, 0, 0, NOT_RENEWING, 0, List.of(), 0);

    /** What a client is at. */
    enum Phase {
        IDLE,
        ASKING,
        HOLDING
    }

    boolean isAsking() {
        return phase == Phase.ASKING;
    }

    boolean isHolding() {
        return phase == Phase.HOLDING;
    }

    boolean isRenewing() {
        return isHolding() && renewingSince != NOT_RENEWING;
    }

    /** How often it has proposed. */
    int proposals() {
        return past.size() + (value == 0 ? 0 : 1);
    }

    /** All it has ever proposed. */
    List<Integer> everProposed() {
        if (value == 0) {
            return past;
        }
        List<Integer> all = new ArrayList<>(past);
        all.add(value);
        return all;
    }

    ModelClient propose(int newValue, int now) {
        return new ModelClient(Phase.ASKING, newValue, now, NOT_RENEWING, newValue, everProposed(), again);
    }

    ModelClient hold() {
        return new ModelClient(Phase.HOLDING, value, sentAt, NOT_RENEWING, highest, past, again);
    }

    ModelClient renew(int now) {
        return new ModelClient(phase, value, sentAt, now, highest, past, value);
    }

    ModelClient renewed() {
        return new ModelClient(phase, value, renewingSince, NOT_RENEWING, highest, past, again);
    }

    ModelClient learn(int mark) {
        return mark <= highest ? this : new ModelClient(phase, value, sentAt, renewingSince, mark, past, again);
    }

    ModelClient idle() {
        return new ModelClient(Phase.IDLE, 0, 0, NOT_RENEWING, highest, everProposed(), again);
    }
}
