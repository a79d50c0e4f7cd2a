package io.murmur.benchmarks.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.profiles.ProcessUse.ThreadUse;
import io.murmur.benchmarks.profiles.ProcessUse.Ticks;
import io.murmur.benchmarks.profiles.ProcessUse.Used;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessUseTest {

    private static ThreadUse thread(String name, long user, long kernel, long voluntary, long involuntary) {
        return new ThreadUse(name, new Ticks(user, kernel), voluntary, involuntary);
    }

    @Test
    void aStatLineIsReadFromBehindTheNameWhateverTheNameHolds() {
        String stat = "4711 (a) (b c) S 1 2 3 4 5 6 7 8 9 10 120 34 0 0 20 0 1 0\n";

        assertThat(ProcessUse.name(stat)).isEqualTo("a) (b c");
        assertThat(ProcessUse.ticks(stat)).isEqualTo(new Ticks(120, 34));
    }

    @Test
    void whatWasUsedIsTheDifferenceThreadByThread() {
        ProcessUse before = new ProcessUse(
                new Ticks(1000, 500),
                70,
                Map.of("1", thread("a-shard-3-1", 100, 50, 10, 2), "2", thread("ended", 7, 7, 900, 900)));
        ProcessUse after = new ProcessUse(
                new Ticks(1040, 520),
                100,
                Map.of("1", thread("a-shard-3-1", 120, 55, 17, 3), "3", thread("C2 CompilerThre", 4, 1, 5, 1)));

        Used used = after.since(before);

        assertThat(used)
                .isEqualTo(new Used(
                        600_000,
                        200_000,
                        30,
                        12,
                        2,
                        Map.of(ThreadRole.APPLICATION, 250_000L, ThreadRole.COMPILER, 50_000L)));
        assertThat(used.plus(used).byRole()).containsEntry(ThreadRole.APPLICATION, 500_000L);
        assertThat(Used.NOTHING.plus(used)).isEqualTo(used);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisProcessHasThisThread() throws Exception {
        ProcessUse use = ProcessUse.of(ProcessHandle.current());

        assertThat(use.threads())
                .containsKey(String.valueOf(ProcessHandle.current().pid()));
        assertThat(use.readAndWriteCalls()).isPositive();
        assertThat(use.ticks().both())
                .isGreaterThanOrEqualTo(use.threads().values().stream()
                        .mapToLong(thread -> thread.ticks().both())
                        .max()
                        .orElseThrow());
    }
}
