package io.murmur.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.message.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void namesAreThoseOfAllFailures() {
        List<String> names = Messages.failuresByKind().values().stream()
                .map(failures -> failures.sample().name())
                .toList();

        assertThat(names).hasSize(Failure.class.getPermittedSubclasses().length);
        assertThat(Failure.NAMES).containsExactlyInAnyOrderElementsOf(names);
    }
}
