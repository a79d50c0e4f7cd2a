package io.murmur.benchmarks.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadRoleTest {

    @ParameterizedTest
    @CsvSource({
        "G1 Conc#0, COLLECTOR",
        "GC Thread#1, COLLECTOR",
        "C2 CompilerThre, COMPILER",
        "JFR Recorder Th, RECORDER",
        "VM Thread, MACHINE",
        "a-shard-3-1, APPLICATION",
        "a-log-5-1, APPLICATION"
    })
    void theJvmsOwnThreadsAreKnownByTheNamesTheKernelKeeps(String name, ThreadRole role) {
        assertThat(ThreadRole.of(name)).isEqualTo(role);
    }

    @Test
    void threadsOfTheSameKindHaveOneNameInAllNodes() {
        assertThat(ThreadRole.common("a-shard-3-1", "a")).isEqualTo("shard");
        assertThat(ThreadRole.common("b-background-6-2", "b")).isEqualTo("background");
        assertThat(ThreadRole.common("main", "a")).isEqualTo("main");
        assertThat(ThreadRole.common("a-shard-3-1", "")).isEqualTo("a-shard");
    }

    @Test
    void classesThatTheJvmMakesHaveOneNameInAllProcesses() {
        assertThat(Method.lasting("io.murmur.node.Shard$$Lambda+0x00007f1c2c0a1b58.123"))
                .isEqualTo("io.murmur.node.Shard$$Lambda");
        assertThat(Method.lasting("java.lang.invoke.LambdaForm$MH.0x0000000800c03400"))
                .isEqualTo("java.lang.invoke.LambdaForm$MH");
        assertThat(Method.lasting("io.murmur.node.Shard$1")).isEqualTo("io.murmur.node.Shard$1");
    }
}
