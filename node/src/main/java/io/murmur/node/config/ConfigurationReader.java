package io.murmur.node.config;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Level;
import io.murmur.kernel.Limits;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From file, environment and flags to a checked configuration; flags win over the environment, that over the file, that over the defaults.
 */
public final class ConfigurationReader {

    /** A key that stands twice in a file would otherwise win over itself in silence. */
    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    /** Variables of the launcher and of other commands, which a node's environment may well have. */
    private static final Set<String> OF_COMMANDS =
            Set.of("MURMUR_JAVA_OPTIONS", "MURMUR_USER", "MURMUR_PASSWORD", "MURMUR_TOKEN");

    private static final Duration SHORTEST_HINT_WINDOW = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Map<Setting, Said> values = new EnumMap<>(Setting.class);

    private ConfigurationReader() {}

    /**
     * Reads and checks.
     *
     * @param file a YAML file, or null for none
     * @param environment as of {@link System#getenv()}; only names that begin with {@code MURMUR_} matter
     * @param flags by key
     * @throws ConfigurationException on anything wrong, with the remedy
     */
    public static NodeConfiguration read(
            @Nullable Path file, Map<String, String> environment, Map<String, String> flags) {
        ConfigurationReader reader = new ConfigurationReader();
        if (file != null) {
            reader.readFile(file);
        }
        reader.readEnvironment(environment);
        flags.forEach((key, value) -> reader.set(key, value, "the command line"));
        return reader.checked();
    }

    private void readFile(Path file) {
        JsonNode root;
        try {
            root = YAML.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(
                    "the configuration file " + file + " cannot be read: there is no such file");
        } catch (IOException e) {
            String reason = e.getMessage() == null
                    ? e.toString()
                    : e.getMessage().lines().findFirst().orElse("");
            throw new ConfigurationException("the configuration file " + file + " cannot be read: "
                    + e.getClass().getSimpleName() + ": " + reason);
        }
        if (root != null && !root.isMissingNode() && !root.isNull()) {
            if (!root.isObject()) {
                throw new ConfigurationException("the configuration file " + file + " must hold 'key: value' lines");
            }
            readTree("", root, file);
        }
    }

    private void readTree(String prefix, JsonNode node, Path file) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String key = prefix + field.getKey();
            JsonNode value = field.getValue();
            if (value.isObject() && Setting.ofKey(key) == null) {
                readTree(key + ".", value, file);
            } else {
                set(key, text(value), file.toString());
            }
        }
    }

    /** Lists become what one would write in a flag: items with commas; the keys of an item with colons. */
    private static String text(JsonNode value) {
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(text(item)));
            return String.join(",", items);
        }
        if (value.isObject()) {
            List<String> parts = new ArrayList<>();
            parts.add(value.path("name").asText());
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                if (!field.getKey().equals("name")) {
                    parts.add(field.getKey() + "=" + field.getValue().asText());
                }
            }
            return String.join(":", parts);
        }
        return value.isNull() ? "" : value.asText();
    }

    private void readEnvironment(Map<String, String> environment) {
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.environment());
            if (value != null) {
                values.put(setting, new Said(setting, value, setting.environment()));
            }
        }
        Set<String> known = new HashSet<>();
        for (Setting setting : Setting.values()) {
            known.add(setting.environment());
        }
        for (String name : environment.keySet()) {
            if (name.startsWith("MURMUR_") && !known.contains(name) && !OF_COMMANDS.contains(name)) {
                String key = name.substring("MURMUR_".length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
                String meant = Setting.nearest(key);
                throw new ConfigurationException("the environment has " + name + ", which is no setting; did you mean "
                        + Objects.requireNonNull(Setting.ofKey(meant)).environment()
                        + "? './murmur config' lists all");
            }
        }
    }

    private void set(String key, String value, String where) {
        Setting setting = Setting.ofKey(key);
        if (setting == null) {
            throw new ConfigurationException("'" + key + "' (from " + where + ") is no setting; did you mean '"
                    + Setting.nearest(key) + "'? './murmur config' lists all");
        }
        values.put(setting, new Said(setting, value, where));
    }

    private String raw(Setting setting) {
        return said(setting).value();
    }

    private Said said(Setting setting) {
        Said said = values.get(setting);
        return said == null ? new Said(setting, setting.fallback(), "the default") : said;
    }

    private <T> T get(Setting setting, Function<String, T> parse) {
        Said said = said(setting);
        try {
            return parse.apply(said.value());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    setting.key() + " is '" + said.shown() + "' (from " + said.from() + "): " + e.getMessage());
        }
    }

    private int number(Setting setting, long least, long most) {
        return get(setting, text -> (int) Setting.number(text, least, most));
    }

    private String word(Setting setting) {
        return get(setting, text -> {
            if (!CacheSettings.isValidName(text)) {
                throw new IllegalArgumentException("1 to 64 of a-z A-Z 0-9 . _ - are needed");
            }
            return text;
        });
    }

    private NodeConfiguration checked() {
        String host = get(Setting.HOST, ConfigurationReader::notEmpty);
        String advertised = raw(Setting.ADVERTISED_HOST).strip();
        List<String> seeds = get(
                Setting.SEEDS,
                text -> Setting.list(text).stream()
                        .map(Setting::address)
                        .distinct()
                        .toList());
        int initialNodes = number(Setting.INITIAL_NODES, 0, 1000);
        int replicas = number(Setting.REPLICAS, 1, 16);
        int shards = number(Setting.SHARDS, 0, 256);
        Map<String, CacheSettings> caches = get(Setting.CACHES, text -> caches(text, replicas));
        return new NodeConfiguration(
                word(Setting.CLUSTER),
                word(Setting.NAME),
                get(Setting.DATA, text -> Path.of(notEmpty(text))),
                host,
                advertised.isEmpty() ? host : advertised,
                number(Setting.PORT, 1, 65535),
                get(Setting.HTTP_HOST, ConfigurationReader::notEmpty),
                number(Setting.HTTP_PORT, 0, 65535),
                httpToken(),
                raw(Setting.HTTP_TOKEN_FILE).isBlank()
                        ? null
                        : Path.of(raw(Setting.HTTP_TOKEN_FILE).strip()),
                get(Setting.RESP_ENABLED, Setting::yesOrNo) ? resp(caches) : null,
                word(Setting.REGION),
                word(Setting.ZONE),
                number(Setting.WEIGHT, 1, Member.MAX_WEIGHT),
                seeds,
                initialNodes == 0 ? Math.max(1, seeds.size()) : initialNodes,
                get(Setting.JOIN, Setting::yesOrNo),
                raw(Setting.REPLACE).strip(),
                get(Setting.PARTITIONS, ConfigurationReader::partitions),
                replicas,
                shards == 0 ? Math.min(256, Runtime.getRuntime().availableProcessors()) : shards,
                caches,
                new Limits(
                        bytes(Setting.MAX_KEY_BYTES, 1, Limits.KEY_CEILING_BYTES),
                        bytes(Setting.WARN_VALUE_BYTES, 0, Limits.VALUE_CEILING_BYTES),
                        bytes(Setting.MAX_VALUE_BYTES, 0, Limits.VALUE_CEILING_BYTES)),
                duration(Setting.READ_TIMEOUT),
                duration(Setting.WRITE_TIMEOUT),
                duration(Setting.MAX_CLOCK_DRIFT),
                duration(Setting.DRAIN_TIMEOUT),
                number(Setting.MAX_PENDING, 1, 10_000_000),
                get(Setting.HEDGE_SHARE, text -> Setting.share(text, 1)),
                duration(Setting.SLOW_REQUEST_THRESHOLD, 0),
                size(Setting.STREAMING_RATE, 64 << 10, 1L << 40),
                duration(Setting.REPAIR_INTERVAL),
                get(Setting.HINTS, Setting::yesOrNo),
                hintWindow(),
                size(Setting.MEMORY_TABLE_BYTES, 64 << 10, 16L << 30),
                size(Setting.HOT_BYTES, 0, 1L << 40),
                bytes(Setting.LOG_SEGMENT_BYTES, 64 << 10, 1 << 30),
                duration(Setting.SYNC_INTERVAL),
                get(Setting.FREE_DISK_FLOOR, text -> Setting.share(text, 0.9)),
                get(Setting.SECURITY, Setting::yesOrNo) ? security() : null,
                Arrays.stream(Setting.values()).map(this::said).toList());
    }

    private RespSettings resp(Map<String, CacheSettings> caches) {
        CacheSettings cache = get(Setting.RESP_CACHE, name -> {
            CacheSettings named = caches.get(name.strip());
            if (named == null) {
                throw new IllegalArgumentException("it is none of the caches: " + String.join(", ", caches.keySet()));
            }
            return named;
        });
        return new RespSettings(
                number(Setting.RESP_PORT, 0, 65535), cache, number(Setting.RESP_MAX_CONNECTIONS, 1, 1_000_000));
    }

    /** All that is missing is said at once. */
    private SecuritySettings security() {
        String missing = Stream.of(Setting.TLS_CERTIFICATE, Setting.TLS_KEY, Setting.TLS_TRUST, Setting.USERS)
                .filter(setting -> raw(setting).isBlank())
                .map(setting -> "'" + setting.key() + "'")
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new ConfigurationException(
                    "security is on (from " + said(Setting.SECURITY).from() + ") and needs " + missing
                            + " as well; docs/security.md shows how to make them");
        }
        Setting peerTrust = raw(Setting.TLS_PEER_TRUST).isBlank() ? Setting.TLS_TRUST : Setting.TLS_PEER_TRUST;
        return new SecuritySettings(
                path(Setting.TLS_CERTIFICATE),
                path(Setting.TLS_KEY),
                path(Setting.TLS_TRUST),
                path(peerTrust),
                path(Setting.USERS));
    }

    private Path path(Setting setting) {
        return get(setting, text -> Path.of(text.strip()));
    }

    private @Nullable Secret httpToken() {
        if (raw(Setting.HTTP_TOKEN).isEmpty()) {
            return null;
        }
        if (!raw(Setting.HTTP_TOKEN_FILE).isBlank()) {
            throw new ConfigurationException(
                    "http.token (from " + said(Setting.HTTP_TOKEN).from()
                            + ") and http.token-file (from "
                            + said(Setting.HTTP_TOKEN_FILE).from()
                            + ") both say what the token is; leave one out");
        }
        return new Secret(get(Setting.HTTP_TOKEN, Setting::token));
    }

    private Duration duration(Setting setting) {
        return duration(setting, 1);
    }

    private Duration duration(Setting setting, long leastMillis) {
        return get(setting, text -> {
            Duration duration = Setting.duration(text);
            if (duration.compareTo(Duration.ofMillis(leastMillis)) < 0 || duration.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "it must be from " + leastMillis + "ms to " + LONGEST.toDays() + "d");
            }
            return duration;
        });
    }

    /** A hint is under way for some seconds, and is not to arrive behind the window's end. */
    private Duration hintWindow() {
        return get(Setting.HINT_WINDOW, text -> {
            Duration window = Setting.duration(text);
            if (window.compareTo(SHORTEST_HINT_WINDOW) < 0 || window.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "it must be from " + SHORTEST_HINT_WINDOW.toSeconds() + "s to " + LONGEST.toDays() + "d");
            }
            return window;
        });
    }

    private long size(Setting setting, long least, long most) {
        return get(setting, text -> {
            long bytes = Setting.bytes(text);
            if (bytes < least || bytes > most) {
                throw new IllegalArgumentException("it must be from " + least + " to " + most + " bytes");
            }
            return bytes;
        });
    }

    private int bytes(Setting setting, long least, int most) {
        return (int) size(setting, least, most);
    }

    private static String notEmpty(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("it must not be empty");
        }
        return text.strip();
    }

    private static int partitions(String text) {
        int partitions = (int) Setting.number(text, 1, Slots.COUNT);
        if (Integer.bitCount(partitions) != 1) {
            throw new IllegalArgumentException("it must be a power of two");
        }
        return partitions;
    }

    private static Map<String, CacheSettings> caches(String text, int replicas) {
        Map<String, CacheSettings> caches = new LinkedHashMap<>();
        for (String item : Setting.list(text)) {
            CacheSettings cache = cache(item, replicas);
            if (caches.put(cache.name(), cache) != null) {
                throw new IllegalArgumentException("'" + cache.name() + "' stands there twice");
            }
        }
        caches.putIfAbsent("default", cache("default", replicas));
        return caches;
    }

    private static CacheSettings cache(String text, int replicasOfRing) {
        String[] parts = text.split(":", -1);
        int replicas = replicasOfRing;
        Level read = Level.LOCAL_QUORUM;
        Level write = Level.LOCAL_QUORUM;
        Durability durability = Durability.FSYNC;
        Duration timeToLive = null;
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            String key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
            String value = equals < 0 ? "" : parts[i].substring(equals + 1);
            switch (key) {
                case "replicas" -> replicas = (int) Setting.number(value, 1, replicasOfRing);
                case "read" -> read = Level.parse(value);
                case "write" -> write = Level.parse(value);
                case "durability" -> durability = durability(value);
                case "ttl" -> timeToLive = Setting.duration(value);
                default ->
                    throw new IllegalArgumentException("'" + key + "' of cache '" + parts[0]
                            + "' is none of replicas, read, write, durability, ttl");
            }
        }
        return new CacheSettings(parts[0], replicas, read, write, durability, timeToLive);
    }

    private static Durability durability(String text) {
        return switch (text) {
            case "fsync" -> Durability.FSYNC;
            case "interval" -> Durability.INTERVAL;
            default -> throw new IllegalArgumentException("durability is fsync or interval, not '" + text + "'");
        };
    }
}
