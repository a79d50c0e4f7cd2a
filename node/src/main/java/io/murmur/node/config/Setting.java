package io.murmur.node.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one table of keys: parser, checks and documentation all come from here. Each has a name in the file ({@code storage.hot-bytes}), and
 * by it one in the environment ({@code MURMUR_STORAGE_HOT_BYTES}) and one on the command line ({@code --set storage.hot-bytes=64MiB}).
 */
public enum Setting {
    CLUSTER("cluster", "murmur", "the cluster's name; nodes of another are refused"),
    NAME("name", "node", "this node's name, unique in the cluster"),
    DATA("data", "data", "the folder with this node's data and identity; one process at a time"),
    HOST("host", "127.0.0.1", "the address to listen on"),
    ADVERTISED_HOST("advertised-host", "", "where nodes and clients reach this node; by default 'host'"),
    PORT("port", "7101", "the port for nodes and clients"),
    HTTP_HOST("http.host", "127.0.0.1", "the address of the HTTP port"),
    HTTP_PORT("http.port", "8101", "the HTTP port for health, ring and metrics; 0 picks a free one"),
    HTTP_TOKEN(
            "http.token",
            "",
            "what every change over HTTP has to show; by default a random one, kept in the data folder as http-token"),
    HTTP_TOKEN_FILE("http.token-file", "", "a file that holds it instead"),
    RESP_ENABLED("resp.enabled", "true", "whether there is a port for Redis clients"),
    RESP_PORT("resp.port", "6379", "the port for Redis clients, on 'host'; 0 picks a free one"),
    RESP_CACHE("resp.cache", "default", "the cache of Redis clients that have not chosen another"),
    RESP_MAX_CONNECTIONS("resp.max-connections", "10000", "connections of Redis clients at once; one more is refused"),
    REGION("region", NodeConfiguration.DEFAULT_REGION, "the region; levels named LOCAL stay in it"),
    ZONE("zone", NodeConfiguration.DEFAULT_ZONE, "the availability zone; owners of a partition are spread over zones"),
    WEIGHT("weight", "1", "this node's share of the load relative to others, 1 to 1000"),
    SEEDS(
            "seeds",
            "",
            "host:port of nodes to begin with, separated by commas, the same on every node; by default this node alone"),
    INITIAL_NODES(
            "initial-nodes",
            "0",
            "a new cluster begins when the seeds have met so many nodes; 0 means as many as there are seeds"),
    JOIN("join", "true", "whether this node joins the cluster it finds; with false it waits for 'replace'"),
    REPLACE("replace", "", "the name or id of a dead member whose place this node takes"),
    PARTITIONS("partitions", "1024", "parts of the ring, a power of two up to 16384; fixed when the cluster is made"),
    REPLICAS("replicas", "3", "owners of each partition in each region, 1 to 16; fixed when the cluster is made"),
    SHARDS("shards", "0", "event loops, each with its own part of the data; 0 means one per core, at most 256"),
    CACHES(
            "caches",
            "default",
            "the caches, separated by commas: name[:key=value...] with the keys replicas, read, write, durability (fsync"
                    + " or interval) and ttl, as sessions:read=ONE:ttl=30m; 'default' is always there"),
    SECURITY(
            "security",
            "off",
            "on or off; on: TLS on all ports, nodes show certificates, clients credentials, by the five settings below"),
    TLS_CERTIFICATE(
            "tls.certificate", "", "a PEM file: this node's certificate, and those between it and its authority"),
    TLS_KEY("tls.key", "", "a PEM file: the certificate's private key, in PKCS#8 and not encrypted"),
    TLS_TRUST("tls.trust", "", "a PEM file: the authorities whose certificates are accepted"),
    TLS_PEER_TRUST(
            "tls.peer-trust",
            "",
            "a PEM file: the authorities whose certificates make a node of this cluster; by default 'tls.trust'"),
    USERS("users", "", "a YAML file: who may do what with which cache; './murmur user' writes entries"),
    MAX_KEY_BYTES("limits.max-key-bytes", "64KiB", "a longer key is refused; at most 64KiB"),
    WARN_VALUE_BYTES("limits.warn-value-bytes", "1MiB", "a longer value is stored and logged"),
    MAX_VALUE_BYTES("limits.max-value-bytes", "8MiB", "a longer value is refused; at most 8MiB"),
    READ_TIMEOUT("timeouts.read", "500ms", "the longest a read may take"),
    WRITE_TIMEOUT("timeouts.write", "1s", "the longest a write may take"),
    DRAIN_TIMEOUT("timeouts.drain", "10s", "how long a stopping node waits for calls on their way"),
    MAX_CLOCK_DRIFT("max-clock-drift", "500ms", "a write stamped further ahead of a replica's clock is refused"),
    MAX_PENDING("max-pending", "16384", "calls a shard coordinates at once; one more is refused as overloaded"),
    HEDGE_SHARE("hedge-share", "0.05", "extra requests for slow owners, as a share of all reads, 0 to 1"),
    SLOW_REQUEST_THRESHOLD(
            "slow-request-threshold",
            "50ms",
            "the last 100 calls that took so long or longer are on the page /requests/slow; 0ms takes in all"),
    STREAMING_RATE(
            "streaming-rate",
            "24MiB",
            "bytes a second this node takes from others while it catches up, over all shards"),
    REPAIR_INTERVAL(
            "repair-interval",
            "1h",
            "each partition is compared among all its owners, and what differs mended, at least so often"),
    HINTS(
            "hints",
            "true",
            "whether writes are kept for owners that are away; without, comparing brings them up to date alone"),
    HINT_WINDOW(
            "hint-window",
            "3h",
            "how long a write is kept for an owner that is away, and how long at least a deletion is remembered"),
    MEMORY_TABLE_BYTES("storage.memory-table-bytes", "64MiB", "a shard's memory table of this size is flushed"),
    HOT_BYTES("storage.hot-bytes", "256MiB", "memory for recently used values, over all shards"),
    LOG_SEGMENT_BYTES("storage.log-segment-bytes", "32MiB", "a log segment of this size is followed by a new one"),
    SYNC_INTERVAL("storage.sync-interval", "100ms", "how often the log is synced for caches with durability=interval"),
    FREE_DISK_FLOOR("storage.free-disk-floor", "0.05", "writes are refused while less of the disk is free, 0 to 0.9");

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)", Pattern.CASE_INSENSITIVE);

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{8,510}={0,2}");

    private final String key;
    private final String fallback;
    private final String meaning;

    Setting(String key, String fallback, String meaning) {
        this.key = key;
        this.fallback = fallback;
        this.meaning = meaning;
    }

    public String key() {
        return key;
    }

    /** What counts when nothing is said. */
    public String fallback() {
        return fallback;
    }

    /** One line for people. */
    public String meaning() {
        return meaning;
    }

    /** Whether its value must not be shown. */
    public boolean isSecret() {
        return this == HTTP_TOKEN;
    }

    /** The name in the environment. */
    public String environment() {
        return "MURMUR_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The setting of this key, or null. */
    public static @Nullable Setting ofKey(String key) {
        for (Setting setting : values()) {
            if (setting.key.equals(key)) {
                return setting;
            }
        }
        return null;
    }

    /** The key most like this one, for "did you mean". */
    public static String nearest(String key) {
        String best = CLUSTER.key;
        int least = Integer.MAX_VALUE;
        for (Setting setting : values()) {
            int distance = distance(key, setting.key);
            if (distance < least) {
                least = distance;
                best = setting.key;
            }
        }
        return best;
    }

    /** Edit distance (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substituted, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /** A number of bytes: {@code 1024}, {@code 64KiB}, {@code 32MiB}; the greatest there is in place of a greater one. */
    static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a size is a number with B, KiB, MiB or GiB, as 64MiB");
        }
        String unit = matcher.group(2) == null ? "b" : matcher.group(2).toLowerCase(Locale.ROOT);
        int shift = switch (unit) {
            case "kib" -> 10;
            case "mib" -> 20;
            case "gib" -> 30;
            default -> 0;
        };
        long number = Long.parseLong(matcher.group(1));
        return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
    }

    /** A duration: {@code 500ms}, {@code 1s}, {@code 30m}. */
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a duration is a number with ms, s, m, h or d, as 500ms");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    static long number(String text, long least, long most) {
        String digits = text.strip();
        if (!digits.matches("-?\\d{1,15}")) {
            throw new IllegalArgumentException("a whole number from " + least + " to " + most + " is needed");
        }
        long value = Long.parseLong(digits);
        if (value < least || value > most) {
            throw new IllegalArgumentException("it must be from " + least + " to " + most);
        }
        return value;
    }

    static double share(String text, double most) {
        try {
            double value = Double.parseDouble(text.strip());
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The same remedy as for a number out of range.
        }
        throw new IllegalArgumentException("a number from 0 to " + most + " is needed");
    }

    static boolean yesOrNo(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw new IllegalArgumentException("true or false is needed");
        };
    }

    /** What can stand behind {@code Authorization: Bearer} (RFC 6750), and is not guessed at once. */
    public static String token(String text) {
        if (!TOKEN.matcher(text).matches()) {
            throw new IllegalArgumentException("a token is 8 to 512 of a-z A-Z 0-9 - . _ ~ + / =");
        }
        return text;
    }

    /** {@code host:port}; a host may be a name, an IPv4 address, or an IPv6 address in brackets. */
    static String address(String text) {
        String address = text.strip();
        int colon = address.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("an address is host:port, as 10.0.0.2:7101, but was '" + text + "'");
        }
        number(address.substring(colon + 1), 1, 65535);
        return address;
    }

    static List<String> list(String text) {
        List<String> items = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            if (!item.isBlank()) {
                items.add(item.strip());
            }
        }
        return items;
    }
}
