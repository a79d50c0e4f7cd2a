package io.murmur.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigurationReaderTest {

    @TempDir
    private Path folder = Path.of(".");

    private static NodeConfiguration flags(String... keysAndValues) {
        return ConfigurationReader.read(null, Map.of(), map(keysAndValues));
    }

    private static Map<String, String> map(String... keysAndValues) {
        Map<String, String> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    private NodeConfiguration yaml(String text) throws IOException {
        return ConfigurationReader.read(file(text), Map.of(), Map.of());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("murmur.yaml"), text);
    }

    @Test
    void withNothingSaidANodeIsAClusterOfOneOnLoopback() {
        NodeConfiguration configuration = flags();

        assertThat(configuration.name()).isEqualTo("node");
        assertThat(configuration.address()).isEqualTo("127.0.0.1:7101");
        assertThat(configuration.httpHost()).isEqualTo("127.0.0.1");
        assertThat(configuration.isSeed()).isTrue();
        assertThat(configuration.initialNodes()).isEqualTo(1);
        assertThat(configuration.join()).isTrue();
        assertThat(configuration.shards()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(configuration.caches()).containsOnlyKeys("default");
        assertThat(configuration.readTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(configuration.memoryTableBytes()).isEqualTo(64L << 20);
    }

    @Test
    void flagsWinOverTheEnvironmentThatOverTheFileThatOverTheDefaults() throws IOException {
        Path file = file("""
                replicas: 5
                partitions: 512
                timeouts:
                  read: 700ms
                """);
        Map<String, String> environment =
                Map.of("MURMUR_PARTITIONS", "256", "MURMUR_TIMEOUTS_READ", "800ms", "PATH", "/bin");

        NodeConfiguration configuration = ConfigurationReader.read(file, environment, Map.of("timeouts.read", "900ms"));

        assertThat(configuration.readTimeout()).isEqualTo(Duration.ofMillis(900));
        assertThat(configuration.partitions()).isEqualTo(256);
        assertThat(configuration.replicas()).isEqualTo(5);
        assertThat(configuration.writeTimeout()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aFileMayNestOrDotItsKeysAndListItsItems() throws IOException {
        NodeConfiguration configuration = yaml("""
                name: b
                port: 7102
                storage.hot-bytes: 1GiB
                storage:
                  memory-table-bytes: 8MiB
                zone: zone-b
                region: region-2
                weight: 3
                seeds:
                  - 127.0.0.1:7101
                  - 127.0.0.1:7102
                caches:
                  - name: sessions
                    replicas: 2
                    read: ONE
                    write: quorum
                    durability: interval
                    ttl: 30m
                  - plain
                """);

        assertThat(configuration.hotBytes()).isEqualTo(1L << 30);
        assertThat(configuration.memoryTableBytes()).isEqualTo(8L << 20);
        assertThat(configuration.seeds()).containsExactly("127.0.0.1:7101", "127.0.0.1:7102");
        assertThat(configuration.zone()).isEqualTo("zone-b");
        assertThat(configuration.region()).isEqualTo("region-2");
        assertThat(configuration.weight()).isEqualTo(3);
        assertThat(configuration.caches()).containsOnlyKeys("default", "sessions", "plain");
        var sessions = Objects.requireNonNull(configuration.caches().get("sessions"));
        assertThat(sessions.replicas()).isEqualTo(2);
        assertThat(sessions.readLevel()).isEqualTo(Level.ONE);
        assertThat(sessions.writeLevel()).isEqualTo(Level.QUORUM);
        assertThat(sessions.durability()).isEqualTo(Durability.INTERVAL);
        assertThat(sessions.timeToLive()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void anEmptyFileSaysNothing() throws IOException {
        assertThat(yaml("# all by default\n").name()).isEqualTo("node");
    }

    @Test
    void theDefaultCacheCanBeChangedButNotRemoved() {
        var caches = flags("caches", "default:read=ALL,other").caches();

        assertThat(Objects.requireNonNull(caches.get("default")).readLevel()).isEqualTo(Level.ALL);
        assertThat(flags("caches", "other").caches()).containsOnlyKeys("default", "other");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cluster                   | a b       | 1 to 64 of a-z
            name                      | näme      | 1 to 64 of a-z
            data                      | ' '       | must not be empty
            host                      | ' '       | must not be empty
            port                      | 0         | from 1 to 65535
            port                      | 65536     | from 1 to 65535
            port                      | http      | whole number from 1 to 65535
            http.port                 | -1        | from 0 to 65535
            region                    | a/b       | 1 to 64 of a-z
            zone                      | ''        | 1 to 64 of a-z
            weight                    | 0         | from 1 to 1000
            seeds                     | a         | an address is host:port
            seeds                     | a:x       | whole number from 1 to 65535
            seeds                     | a:70000   | from 1 to 65535
            initial-nodes             | 1001      | from 0 to 1000
            join                      | perhaps   | true or false is needed
            partitions                | 1000      | power of two
            partitions                | 32768     | from 1 to 16384
            replicas                  | 0         | from 1 to 16
            shards                    | 257       | from 0 to 256
            caches                    | a:read=ANY    | cannot be ANY
            caches                    | a:read=SOME   | unknown level
            caches                    | a:replicas=4  | from 1 to 3
            caches                    | a:durability=never | fsync or interval
            caches                    | a:colour=red  | none of replicas, read, write, durability, ttl
            caches                    | a:ttl=soon    | a duration is a number with
            caches                    | a:ttl=0s      | must be positive
            caches                    | a!            | 1 to 64 of a-z
            limits.max-key-bytes      | 65KiB     | from 1 to 65536 bytes
            limits.max-value-bytes    | 9MiB      | from 0 to 8388608 bytes
            limits.warn-value-bytes   | many      | a size is a number with
            timeouts.read             | 500       | a duration is a number with
            timeouts.write            | 0s        | from 1ms to 365d
            timeouts.drain            | -1s       | a duration is a number with
            max-clock-drift           | 0.5s      | a duration is a number with
            max-pending               | 0         | from 1 to 10000000
            hedge-share               | 1.5       | from 0 to 1
            hedge-share               | NaN       | from 0 to 1
            storage.memory-table-bytes| 1KiB      | from 65536 to
            storage.hot-bytes         | 2000000GiB | from 0 to
            storage.hot-bytes         | 999999999999999GiB | from 0 to
            storage.log-segment-bytes | 2GiB      | from 65536 to 1073741824 bytes
            storage.sync-interval     | 999999999999d | from 1ms to 365d
            storage.free-disk-floor   | 0.95      | from 0 to 0.9
            """)
    void aWrongValueIsRefusedWithItsKeyItsOriginAndTheRemedy(String key, String value, String remedy) {
        assertThatThrownBy(() -> flags(key, value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("'" + value + "'")
                .hasMessageContaining("the command line")
                .hasMessageContaining(remedy)
                .hasMessageNotContaining("\n");
    }

    @Test
    void anErrorNamesTheFileOrTheVariableTheValueCameFrom() throws IOException {
        Path file = file("port: none");

        assertThatThrownBy(() -> ConfigurationReader.read(file, Map.of(), Map.of()))
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> ConfigurationReader.read(null, Map.of("MURMUR_PORT", "none"), Map.of()))
                .hasMessageContaining("MURMUR_PORT");
    }

    @Test
    void anUnknownKeyIsRefusedWithTheNearestKnownOne() throws IOException {
        assertThatThrownBy(() -> flags("partition", "8")).hasMessageContaining("did you mean 'partitions'");
        assertThatThrownBy(() -> flags("timeouts.reed", "8s")).hasMessageContaining("did you mean 'timeouts.read'");
        assertThatThrownBy(() -> ConfigurationReader.read(null, Map.of("MURMUR_REPLICA", "2"), Map.of()))
                .hasMessageContaining("MURMUR_REPLICA,")
                .hasMessageContaining("did you mean MURMUR_REPLICAS");
        assertThatThrownBy(() -> yaml("timeouts:\n  reads: 1s\n"))
                .hasMessageContaining("'timeouts.reads'")
                .hasMessageContaining("did you mean 'timeouts.read'");
    }

    @Test
    void aFileThatCannotBeReadIsRefusedInOneLine() throws IOException {
        assertThatThrownBy(() -> ConfigurationReader.read(folder.resolve("none.yaml"), Map.of(), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none.yaml")
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> ConfigurationReader.read(folder, Map.of(), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> yaml("a: [unclosed"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("cannot be read")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> yaml("just words"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'key: value' lines");
    }

    @Test
    void aKeyThatStandsTwiceInAFileIsRefused() {
        assertThatThrownBy(() -> yaml("port: 7101\nport: 7102\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("port");
    }

    @Test
    void aNodeKnowsWhetherItIsASeedByTheAddressItIsReachedAt() {
        String three = "a.example:7101,127.0.0.1:7102,c.example:7101";

        assertThat(flags("seeds", three, "advertised-host", "c.example").isSeed())
                .isTrue();
        assertThat(flags("seeds", three, "port", "7102").isSeed()).isTrue();
        assertThat(flags("seeds", three).isSeed()).isFalse();
        assertThat(flags("seeds", three, "advertised-host", "c.example").otherSeeds())
                .containsExactly("a.example:7101", "127.0.0.1:7102");
    }

    @Test
    void aClusterBeginsWithAsManyNodesAsItHasSeedsUnlessToldOtherwise() {
        assertThat(flags("seeds", "a:1,b:1,c:1").initialNodes()).isEqualTo(3);
        assertThat(flags("seeds", "a:1,b:1,c:1", "initial-nodes", "6").initialNodes())
                .isEqualTo(6);
    }

    @Test
    void aCacheThatIsNamedTwiceIsRefused() {
        assertThatThrownBy(() -> flags("caches", "a:read=ONE,a:read=ALL"))
                .hasMessageContaining("caches")
                .hasMessageContaining("twice");
    }

    @Test
    void aValueThatIsWarnedOfLaterThanItIsRefusedIsNoContradiction() {
        NodeConfiguration configuration = flags("limits.max-value-bytes", "1KiB");

        assertThat(configuration.limits().maxValueBytes()).isEqualTo(1024);
    }

    @Test
    void whereEachValueCameFromIsKept() throws IOException {
        Path file = file("port: 7111\nzone: attic\n");

        NodeConfiguration configuration = ConfigurationReader.read(
                file, Map.of("MURMUR_ZONE", "cellar", "MURMUR_HTTP_TOKEN", "very-secret"), map("name", "a"));

        assertThat(configuration.said())
                .contains(
                        new Said(Setting.PORT, "7111", file.toString()),
                        new Said(Setting.ZONE, "cellar", "MURMUR_ZONE"),
                        new Said(Setting.NAME, "a", "the command line"),
                        new Said(Setting.REGION, "region-1", "the default"))
                .hasSize(Setting.values().length);
        assertThat(Objects.requireNonNull(configuration.httpToken()).value()).isEqualTo("very-secret");
    }

    @Test
    void theTokenIsShownNeitherInWordsNorInErrors() {
        assertThat(flags("http.token", "very-secret").httpToken()).hasToString("********");
        assertThatThrownBy(() -> flags("http.token", "short"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("http.token is '********' (from the command line): a token is 8 to 512 of")
                .hasMessageNotContaining("short");
        assertThatThrownBy(() -> flags("http.token", "very-secret", "http.token-file", "/run/secrets/token"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("leave one out")
                .hasMessageNotContaining("very-secret");
    }

    @ParameterizedTest
    @EnumSource
    void everySettingIsDocumentedAndReadableFromTheEnvironment(Setting setting) {
        assertThat(setting.meaning()).isNotBlank();
        assertThat(Setting.ofKey(setting.key())).isEqualTo(setting);
        assertThat(setting.environment()).matches("MURMUR_[A-Z_]+");
        if (!setting.fallback().isEmpty()) {
            assertThat(ConfigurationReader.read(null, Map.of(setting.environment(), setting.fallback()), Map.of()))
                    .usingRecursiveComparison()
                    .ignoringFields("said")
                    .isEqualTo(flags());
        }
    }
}
