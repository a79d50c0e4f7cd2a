package io.murmur.benchmarks.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.Results;
import io.murmur.benchmarks.profiles.Load.Answered;
import io.murmur.benchmarks.profiles.ProcessUse.Used;
import io.murmur.benchmarks.profiles.Profile.Stretch;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilePageTest {

    private static final Pattern PICTURE = Pattern.compile("!\\[[^]]*]\\(([^)]*)\\)");

    @TempDir
    private Path folder = Path.of("");

    private static Stretch stretch(long operations, long errors) {
        Used nodes = new Used(4_000_000, 1_000_000, 300, 250, 20, Map.of(ThreadRole.COLLECTOR, 1_000_000L));
        return new Stretch(2, new Answered(operations, errors, 0), nodes, Used.NOTHING, 50);
    }

    private static Profile profile(HotPath path, OptionalDouble systemCalls) {
        Samples none = new Samples(Instant.EPOCH, Instant.EPOCH);
        Optional<Samples> client = path.isOfRedis() ? Optional.empty() : Optional.of(none);
        return new Profile(path, stretch(1_000_000, 0), stretch(800_000, 3), none, client, systemCalls);
    }

    @Test
    void aPageHasARowForEachPathAndTheNamesOfItsPictures() throws Exception {
        Results results = new Results(new PrintWriter(Writer.nullWriter()), "Profiles", "profiles", "three nodes");

        new ProfilePage(results, folder, "profiles-2026")
                .write(List.of(
                        profile(HotPath.GET_ONE, OptionalDouble.of(1_200_000)),
                        profile(HotPath.REDIS_GET, OptionalDouble.empty())));

        List<String> page = Files.readAllLines(folder.resolve("profiles-2026.md"));
        assertThat(page)
                .contains("| GET at ONE | 500,000 | 400,000 | 4.00 | 1.00 | 0.00 | 0 | 0 |")
                .contains("| GET at ONE, redis-benchmark | 500,000 | 400,000 | 4.00 | 1.00 | 0.00 | 0 | - |")
                .contains("| GET at ONE | 0.0003 | 0.0000 | 3.0000 | 0.0003 | 0.0001 | 3 |")
                .contains("| GET at ONE, redis-benchmark | 0.0003 | 0.0000 | - | 0.0003 | 0.0001 | 3 |")
                .contains("| garbage collection | 1.25 us, 100 % | 1.25 us, 100 % |");
        List<String> pictures = PICTURE.matcher(String.join("\n", page))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(pictures)
                .containsExactly(
                        "profiles-2026-get-one-cpu.svg",
                        "profiles-2026-get-one-bytes.svg",
                        "profiles-2026-get-one-client-cpu.svg",
                        "profiles-2026-get-one-client-bytes.svg",
                        "profiles-2026-redis-get-cpu.svg",
                        "profiles-2026-redis-get-bytes.svg")
                .allSatisfy(picture -> assertThat(folder.resolve(picture)).exists());
        assertThat(Files.readAllLines(folder.resolve("profiles-2026.jsonl"))).hasSize(2);
    }
}
