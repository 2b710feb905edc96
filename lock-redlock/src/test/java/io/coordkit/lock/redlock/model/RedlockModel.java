package io.coordkit.lock.redlock.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of {@code docs/redlock.md} with three nodes and two clients, in ticks: whatever can happen next.
 *
 * <p>The network keeps every message for ever and may deliver it at any time, in any order, several times or never:
 * that is loss, delay and repetition in one. So messages need not be kept: a client's proposals of old are enough to
 * know what may still arrive. An answer is noted when it is given; a client decides at any time after, so that the answer
 * may have been on its way for as long, or as well be lost.
 *
 * <p>Nodes lose their data at any time, though not endlessly often. A holder gives up its lock at any time, and at the
 * latest when its deadline comes, for the processes are not delayed in this model: what tokens are for is not part of
 * it, but that they rise is.
 */
final class RedlockModel {
    static final int NODES = 3;
    static final int QUORUM = 2;
    static final int CLIENTS = 2;

    /** The TTL of all locks, and the max TTL. */
    static final int TTL = 2;

    /** How long after a proposal votes for it are counted: the node timeout. */
    static final int ROUND = 1;

    /** A clock moves on by so much in a tick, more than clients count up meanwhile. */
    private static final int VALUES_PER_TICK = 8;

    private final ModelRules rules;
    private final Limits limits;

    /**
     * What keeps the search finite.
     *
     * @param ticks how long it goes on
     * @param restarts how often a node loses its data
     * @param proposalsOfFirst how often the first client proposes
     * @param proposalsOfSecond how often the second one does
     * @param renewals whether holders renew
     */
    record Limits(int ticks, int restarts, int proposalsOfFirst, int proposalsOfSecond, boolean renewals) {
        int proposals(int client) {
            return client == 0 ? proposalsOfFirst : proposalsOfSecond;
        }
    }

    /**
     * One step.
     *
     * @param violation what it breaks, if anything
     */
    record Step(
            Supplier<String> action,
            ModelState state,
            @Nullable String violation) {}

    RedlockModel(ModelRules rules, Limits limits) {
        this.rules = rules;
        this.limits = limits;
    }

    ModelState start() {
        return ModelState.start(NODES, CLIENTS, limits.restarts());
    }

    /** Whatever can happen next. */
    List<Step> next(ModelState state) {
        List<Step> steps = new ArrayList<>();
        if (state.time() < limits.ticks()) {
            steps.add(step(() -> "a tick", tick(state)));
        }
        int votesFrom = rules.delayedRestart() ? state.time() + TTL : 0;
        for (int i = 0; state.restarts() > 0 && i < NODES; i++) {
            int node = i;
            steps.add(step(
                    () -> "node " + node + " loses its data",
                    state.with(node, state.nodes().get(node).restart(votesFrom)).withOneRestartLess()));
        }
        for (int client = 0; client < CLIENTS; client++) {
            decide(state, client, steps);
            for (int node = 0; node < NODES; node++) {
                deliver(state, client, node, steps);
            }
        }
        return steps;
    }

    private ModelState tick(ModelState state) {
        ModelState later = state.later();
        int now = later.time();
        later = later.withAllNodes(node -> node.at(now));
        for (int i = 0; i < CLIENTS; i++) {
            ModelClient client = later.clients().get(i);
            boolean over = client.isHolding() && now >= client.sentAt() + TTL;
            boolean late = client.isAsking() && now > client.sentAt() + ROUND;
            if (over || late) {
                later = leave(later, i);
            }
        }
        return later;
    }

    /** What a client may do of itself. */
    private void decide(ModelState state, int index, List<Step> steps) {
        ModelClient client = state.clients().get(index);
        if (!client.isHolding() && client.proposals() < limits.proposals(index)) {
            int clock = (state.time() + 1) * VALUES_PER_TICK + (1 - index) * rules.skew();
            int value = Math.max(clock, client.highest() + 1);
            ModelState proposed = state.with(index, client.propose(value, state.time()));
            steps.add(step(
                    () -> "client " + index + " proposes " + value,
                    rules.oneValue() || !client.isAsking() ? forgetAnswers(proposed, index) : proposed));
        }
        if (client.phase() != ModelClient.Phase.IDLE) {
            steps.add(step(() -> "client " + index + " leaves", leave(state, index)));
        }
        if (limits.renewals() && client.isHolding() && client.renewingSince() != state.time()) {
            steps.add(step(
                    () -> "client " + index + " renews",
                    forgetAnswers(state.with(index, client.renew(state.time())), index)));
        }
        if (client.isAsking() && answers(state, ModelNode::hasAnswered, index) >= QUORUM) {
            hold(state, index, steps);
        }
        if (client.isRenewing() && answers(state, ModelNode::hasRenewed, index) >= QUORUM) {
            steps.add(step(
                    () -> "client " + index + " has renewed",
                    forgetAnswers(state.with(index, client.renewed()), index)));
        }
    }

    /** How many nodes have given that answer. */
    private static long answers(ModelState state, BiPredicate<ModelNode, Integer> answer, int client) {
        return state.nodes().stream().filter(node -> answer.test(node, client)).count();
    }

    private static ModelState forgetAnswers(ModelState state, int index) {
        return state.withAllNodes(node -> node.ignored(index));
    }

    private static ModelState leave(ModelState state, int index) {
        return forgetAnswers(state.with(index, state.clients().get(index).idle()), index);
    }

    /** What may arrive at the node from the client, with its answer. */
    private void deliver(ModelState state, int index, int at, List<Step> steps) {
        ModelClient client = state.clients().get(index);
        ModelNode node = state.nodes().get(at);
        for (int value : client.everProposed()) {
            vote(state, index, at, value, steps);
        }
        for (int value : client.past()) {
            if (rules.withdrawByValue() ? node.hasVote(index, value) : node.holder() == index) {
                steps.add(step(
                        () -> "node " + at + " frees " + value + " of client " + index, state.with(at, node.free())));
            }
        }
        if (client.isRenewing() && node.hasVote(index, client.value()) && node.mayVote(state.time())) {
            steps.add(step(
                    () -> "node " + at + " renews for client " + index,
                    state.with(at, node.extend(state.time() + TTL).renewed(index))));
        }
        if (client.again() != 0 && node.isFree() && node.mayVote(state.time())) {
            boolean current = client.isRenewing() && client.value() == client.again();
            ModelNode voted = node.vote(index, client.again(), state.time() + TTL);
            steps.add(step(
                    () -> "node " + at + " votes again for client " + index,
                    state.with(at, current ? voted.renewed(index) : voted)));
        }
    }

    /** As {@code vote.lua}. */
    private void vote(ModelState state, int index, int at, int value, List<Step> steps) {
        ModelClient client = state.clients().get(index);
        ModelNode node = state.nodes().get(at);
        if (!node.mayVote(state.time())) {
            return;
        }
        boolean current = client.isAsking() && client.value() == value;
        boolean repeat = node.hasVote(index, value);
        boolean mine = node.isFree() || node.holder() == index;
        if (repeat || (mine && (value > node.mark() || !rules.highWater()))) {
            ModelNode voted = node.vote(index, value, state.time() + TTL);
            steps.add(step(
                    () -> "node " + at + " votes for client " + index + " at " + value,
                    state.with(at, current ? voted.answered(index) : voted)));
        } else if (mine && current) {
            steps.add(step(
                    () -> "client " + index + " learns " + node.mark(), state.with(index, client.learn(node.mark()))));
        }
    }

    private static void hold(ModelState state, int index, List<Step> steps) {
        ModelClient client = state.clients().get(index);
        String violation = null;
        if (state.clients().get(1 - index).isHolding()) {
            violation = "two holders";
        } else if (client.value() <= state.token()) {
            violation = "token " + client.value() + " after " + state.token();
        }
        steps.add(new Step(
                () -> "client " + index + " holds with token " + client.value(),
                forgetAnswers(state.with(index, client.hold()), index).withToken(client.value()),
                violation));
    }

    private static Step step(Supplier<String> action, ModelState state) {
        return new Step(action, state, null);
    }
}
