package io.coordkit.lock.redlock.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Visits all states that a model can reach, the nearest first, until one breaks a promise.
 *
 * @param states how many it has seen
 * @param violation what was broken, null if nothing was
 * @param trace the shortest way there
 */
record Exploration(int states, @Nullable String violation, List<String> trace) {

    /** How a state was reached first. */
    private record Origin(@Nullable ModelState from, Supplier<String> action) {}

    static Exploration of(RedlockModel model) {
        Map<ModelState, Origin> seen = new HashMap<>();
        Deque<ModelState> open = new ArrayDeque<>();
        seen.put(model.start(), new Origin(null, () -> "start"));
        open.add(model.start());
        while (!open.isEmpty()) {
            ModelState state = open.remove();
            for (RedlockModel.Step step : model.next(state)) {
                if (step.violation() != null) {
                    List<String> trace = trace(seen, state);
                    trace.add(step.action().get());
                    return new Exploration(seen.size(), step.violation(), trace);
                }
                if (seen.putIfAbsent(step.state(), new Origin(state, step.action())) == null) {
                    open.add(step.state());
                }
            }
        }
        return new Exploration(seen.size(), null, List.of());
    }

    private static List<String> trace(Map<ModelState, Origin> seen, ModelState last) {
        List<String> trace = new ArrayList<>();
        ModelState at = last;
        while (at != null) {
            Origin origin = seen.get(at);
            if (origin == null) {
                break;
            }
            trace.add(origin.action().get());
            at = origin.from();
        }
        Collections.reverse(trace);
        return trace;
    }
}
