package io.coordkit.lock.redlock.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.redlock.model.RedlockModel.Limits;
import org.junit.jupiter.api.Test;

/**
 * Whether the vote keeps its promises in all that can happen to three nodes and two clients, and, for each rule, that
 * it would not without that rule. In the traces nodes are interchangeable: node 1 now may be node 2 in the next step.
 */
class RedlockModelTest {
    /** Time for a grant, the loss of a node's data, its delay of two ticks, and a grant after it. */
    private static final Limits LIMITS = new Limits(3, 1, 2, 1, false);

    private static final Limits WITH_RENEWALS = new Limits(3, 1, 1, 1, true);

    /** Parts of the above, large enough for the accident. */
    private static final Limits ONE_TICK = new Limits(1, 1, 1, 1, false);

    private static final Limits TWO_PROPOSALS = new Limits(1, 0, 2, 1, false);
    private static final Limits ONE_PROPOSAL_EACH = new Limits(3, 1, 1, 1, false);

    @Test
    void withAllRulesOneHoldsAndTokensRise() {
        assertThat(explore("all rules", ModelRules.ALL, LIMITS).violation()).isNull();
        assertThat(explore("all rules, renewals", ModelRules.ALL, WITH_RENEWALS).violation())
                .isNull();
    }

    @Test
    void withoutTheDelayedRestartTwoHold() {
        assertThat(explore("no delayed restart", ModelRules.ALL.withoutDelayedRestart(), ONE_TICK)
                        .violation())
                .isEqualTo("two holders");
    }

    @Test
    void withoutTheHighWaterMarkTokensFall() {
        assertThat(explore("no high-water mark", ModelRules.ALL.withoutHighWater(), ONE_TICK)
                        .violation())
                .startsWith("token");
    }

    @Test
    void withVotesCountedAtDifferentValuesTwoHold() {
        assertThat(explore("votes at different values", ModelRules.ALL.withoutOneValue(), TWO_PROPOSALS)
                        .violation())
                .isEqualTo("two holders");
    }

    @Test
    void withVotesTakenBackAtAnyValueTwoHold() {
        assertThat(explore("votes taken back at any value", ModelRules.ALL.withoutWithdrawByValue(), TWO_PROPOSALS)
                        .violation())
                .isEqualTo("two holders");
    }

    /** The assumption is needed: the max TTL is two ticks, the node timeout one, and a clock counts eight in a tick. */
    @Test
    void withClocksTooFarApartTokensFallAfterDataLoss() {
        assertThat(explore("clocks a tick apart", ModelRules.ALL.withSkew(8), ONE_PROPOSAL_EACH)
                        .violation())
                .startsWith("token");
    }

    private static Exploration explore(String name, ModelRules rules, Limits limits) {
        long start = System.nanoTime();
        Exploration found = Exploration.of(new RedlockModel(rules, limits));
        System.out.println("Model: " + name + ": " + found.states() + " states in "
                + (System.nanoTime() - start) / 1_000_000 + " ms, "
                + (found.violation() == null ? "nothing broken" : found.violation() + " by " + found.trace()));
        return found;
    }
}
