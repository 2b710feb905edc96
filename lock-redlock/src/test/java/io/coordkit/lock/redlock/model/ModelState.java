package io.coordkit.lock.redlock.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Everything at one moment. The nodes are interchangeable, and kept in order so that it does not matter which is which.
 *
 * @param time in ticks
 * @param restarts how many nodes may still lose their data
 * @param token the token of the latest grant
 */
record ModelState(int time, int restarts, int token, List<ModelNode> nodes, List<ModelClient> clients) {

    static ModelState start(int nodes, int clients, int restarts) {
        return new ModelState(
                0,
                restarts,
                0,
                Collections.nCopies(nodes, ModelNode.NEW),
                Collections.nCopies(clients, ModelClient.NEW));
    }

    ModelState with(int index, ModelNode node) {
        List<ModelNode> changed = new ArrayList<>(nodes);
        changed.set(index, node);
        Collections.sort(changed);
        return new ModelState(time, restarts, token, changed, clients);
    }

    ModelState with(int index, ModelClient client) {
        List<ModelClient> changed = new ArrayList<>(clients);
        changed.set(index, client);
        return new ModelState(time, restarts, token, nodes, changed);
    }

    ModelState withAllNodes(UnaryOperator<ModelNode> change) {
        List<ModelNode> changed = new ArrayList<>(nodes);
        changed.replaceAll(change);
        if (changed.equals(nodes)) {
            return this;
        }
        Collections.sort(changed);
        return new ModelState(time, restarts, token, changed, clients);
    }

    ModelState withToken(int granted) {
        return new ModelState(time, restarts, granted, nodes, clients);
    }

    ModelState withOneRestartLess() {
        return new ModelState(time, restarts - 1, token, nodes, clients);
    }

    ModelState later() {
        return new ModelState(time + 1, restarts, token, nodes, clients);
    }
}
