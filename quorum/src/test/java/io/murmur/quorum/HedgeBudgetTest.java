package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HedgeBudgetTest {

    @Test
    void extraRequestsAreAtMostTheirShareAndTheFirst() {
        HedgeBudget budget = new HedgeBudget(0.05);
        int spent = 0;
        for (int request = 0; request < 10_000; request++) {
            budget.earn();
            spent += budget.spend(1) ? 1 : 0;
        }

        assertThat(spent).isBetween(500, 501);
    }

    @Test
    void whatIsSavedIsBounded() {
        HedgeBudget budget = new HedgeBudget(0.5);
        for (int request = 0; request < 10_000; request++) {
            budget.earn();
        }
        int spent = 0;
        while (budget.spend(1)) {
            spent++;
        }

        assertThat(spent).isEqualTo(10);
    }

    @Test
    void aShareOfNothingAllowsNone() {
        HedgeBudget budget = new HedgeBudget(0);
        budget.earn();

        assertThat(budget.spend(1)).isFalse();
    }
}
