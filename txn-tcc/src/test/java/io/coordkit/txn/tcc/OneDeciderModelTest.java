package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rule of the one decider, in every state that two coordinators, two participants and a log can reach. */
class OneDeciderModelTest {
    @Test
    void withoutAFault_nobodyIsToldTwoThings_andEveryReservationCanEnd() {
        OneDeciderModel model = new OneDeciderModel(OneDeciderFault.NONE).explore();
        System.out.println("One decider: " + model.size() + " states looked at");
        assertThat(model.size()).isGreaterThan(1_000);
        assertThat(model.inconsistent()).isEmpty();
        assertThat(model.stuck()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyFault_isFound(OneDeciderFault fault) {
        OneDeciderModel model = new OneDeciderModel(fault).explore();
        boolean neverEnds = fault == OneDeciderFault.NOBODY_INQUIRES;
        assertThat(neverEnds ? model.stuck() : model.inconsistent()).isNotEmpty();
    }
}
