package io.murmur.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlapDampingTest {

    private static final long MEMORY = 600_000;

    private final FlapDamping damping = new FlapDamping(5_000, 120_000, MEMORY);

    @Test
    void theFirstReturnNeedsNoProof() {
        assertThat(damping.proofMillis(0)).isZero();
        damping.fell(1000);

        assertThat(damping.proofMillis(2000)).isZero();
    }

    @Test
    void eachFurtherFallDoublesTheProofUpToABound() {
        long[] proofs = new long[9];
        for (int i = 0; i < proofs.length; i++) {
            damping.fell(1000L * i);
            proofs[i] = damping.proofMillis(1000L * i);
        }

        assertThat(proofs).containsExactly(0, 5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000, 120_000);
    }

    @Test
    void aThousandFallsNeedNoMoreThanTheBound() {
        for (int i = 0; i < 1000; i++) {
            damping.fell(i);
        }

        assertThat(damping.proofMillis(1000)).isEqualTo(120_000);
    }

    @Test
    void fallsAreForgottenOneByOne() {
        for (int i = 0; i < 4; i++) {
            damping.fell(0);
        }

        assertThat(damping.proofMillis(MEMORY - 1)).isEqualTo(20_000);
        assertThat(damping.proofMillis(MEMORY)).isEqualTo(10_000);
        assertThat(damping.proofMillis(2 * MEMORY)).isEqualTo(5_000);
        assertThat(damping.proofMillis(3 * MEMORY)).isZero();
        assertThat(damping.proofMillis(90 * MEMORY)).isZero();
    }
}
