package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A repair, from here: each partition is led by the first of its owners that is alive and can be asked over HTTP, and the nodes are watched
 * until they are through. Nothing is decided here but who leads, so that breaking it off does no harm.
 */
final class RepairRun {

    private static final int BAR = 30;
    private static final int LOOK_EVERY_MILLIS = 100;
    private static final int PRINT_EVERY_MILLIS = 1000;

    private final NodeHttp node;
    private final ClusterPage cluster;
    private final JsonNode ring;
    private final @Nullable String cache;
    private final PrintWriter out;
    private final boolean isTerminal = Boolean.getBoolean("murmur.terminal");

    private final Map<String, ClusterPage.Line> members = new TreeMap<>();

    /** Who cannot be asked, and why. */
    private final Map<String, String> unusable = new TreeMap<>();

    private final List<Led> leaders = new ArrayList<>();

    /** Partitions nobody leads, or whose leader is out of sight, by the reason. */
    private final Map<String, List<Integer>> given = new TreeMap<>();

    /** What a node leads. */
    private static final class Led {
        final String name;
        final String address;
        JsonNode page;

        @Nullable
        String lost;

        Led(String name, String address, JsonNode begun) {
            this.name = name;
            this.address = address;
            this.page = begun;
        }

        boolean isOver() {
            return lost != null || page.path("over").asBoolean();
        }

        long count(String field) {
            return page.path(field).asLong();
        }
    }

    /**
     * @param ring a node's {@code /ring}
     * @param cache that must be one, or null
     */
    RepairRun(NodeHttp node, ClusterPage cluster, JsonNode ring, @Nullable String cache, PrintWriter out)
            throws IOException {
        this.node = node;
        this.cluster = cluster;
        this.ring = ring;
        this.cache = cache;
        this.out = out;
        for (ClusterPage.Line line : cluster.nodes()) {
            if (line.role().equals("member") || line.role().equals("leaving")) {
                if (members.put(line.name(), line) != null) {
                    throw new IOException("more than one member is called '" + line.name()
                            + "', so that owners cannot be told apart; give each a name of its own");
                }
                if (!line.isHeardOf() && !line.name().equals(cluster.asked())) {
                    unusable.put(line.name(), "'" + line.name() + "' is " + line.state());
                }
            }
        }
    }

    /** Returns whether all partitions were compared among all their owners. */
    boolean run(List<Integer> partitions) throws IOException, InterruptedException {
        Pace pace = new Pace(System.nanoTime());
        begin(partitions);
        String former = "";
        long printedNanos = System.nanoTime();
        while (!leaders.stream().allMatch(Led::isOver)) {
            for (Led led : leaders) {
                look(led);
            }
            String line = line(partitions.size(), pace);
            boolean isTime =
                    isTerminal || System.nanoTime() - printedNanos >= TimeUnit.MILLISECONDS.toNanos(PRINT_EVERY_MILLIS);
            if (isTime && !line.equals(former)) {
                out.print(isTerminal ? "\r\033[2K" + line : line + System.lineSeparator());
                out.flush();
                former = line;
                printedNanos = System.nanoTime();
            }
            if (!leaders.stream().allMatch(Led::isOver)) {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            }
        }
        out.print(isTerminal && !former.isEmpty() ? "\r\033[2K" : "");
        return tell(partitions.size(), pace);
    }

    // ---- who leads

    private void begin(List<Integer> partitions) throws IOException, InterruptedException {
        List<Integer> left = partitions;
        while (!left.isEmpty()) {
            Map<String, List<Integer>> byLeader = new TreeMap<>();
            for (int partition : left) {
                String leader = leader(partition);
                if (leader == null) {
                    given.computeIfAbsent(whyNobody(partition), ignored -> new ArrayList<>())
                            .add(partition);
                } else {
                    byLeader.computeIfAbsent(leader, ignored -> new ArrayList<>())
                            .add(partition);
                }
            }
            left = new ArrayList<>();
            for (Map.Entry<String, List<Integer>> entry : byLeader.entrySet()) {
                if (!begin(entry.getKey(), entry.getValue())) {
                    left.addAll(entry.getValue());
                }
            }
        }
    }

    private List<String> owners(int partition) {
        List<String> owners = new ArrayList<>();
        ring.path("owners").path(partition).forEach(owner -> owners.add(owner.asText()));
        return owners;
    }

    private @Nullable String leader(int partition) {
        return owners(partition).stream()
                .filter(owner -> members.containsKey(owner) && !unusable.containsKey(owner))
                .findFirst()
                .orElse(null);
    }

    private String whyNobody(int partition) {
        return "no owner can be asked: "
                + owners(partition).stream()
                        .map(owner -> unusable.getOrDefault(owner, "'" + owner + "' is unknown"))
                        .collect(Collectors.joining("; "));
    }

    /** Returns whether the node leads these. */
    private boolean begin(String name, List<Integer> partitions) throws IOException, InterruptedException {
        ClusterPage.Line line = members.get(name);
        String address = line == null ? "" : node.addressOf(cluster, line);
        if (address.isEmpty()) {
            unusable.put(name, "'" + name + "' has not told where its HTTP port is");
            return false;
        }
        ObjectNode wanted = NodeHttp.JSON.createObjectNode();
        partitions.forEach(wanted.putArray("partitions")::add);
        if (cache != null) {
            wanted.put("cache", cache);
        }
        try {
            leaders.add(new Led(name, address, node.repair(address, wanted)));
            return true;
        } catch (NodeHttp.Refused e) {
            if (e.isForGood()) {
                throw e;
            }
            unusable.put(name, "'" + name + "' refuses: " + e.getMessage());
        } catch (IOException e) {
            unusable.put(name, "'" + name + "' gives " + e.getMessage());
        }
        return false;
    }

    // ---- how it goes

    private void look(Led led) throws InterruptedException {
        if (led.isOver()) {
            return;
        }
        try {
            led.page = node.repair(led.address, led.count("id"));
        } catch (IOException e) {
            led.lost = "'" + led.name + "' led them and is out of sight: " + e.getMessage();
        }
    }

    private long sum(String field) {
        return leaders.stream().mapToLong(led -> led.count(field)).sum();
    }

    private String line(int inAll, Pace pace) {
        long done = sum("done");
        int filled = inAll == 0 ? 0 : (int) (done * BAR / inAll);
        return String.format(
                Locale.ROOT,
                "[%s%s] %d of %d partitions, %d differed, keys: %d pulled, %d pushed%s",
                "#".repeat(filled),
                ".".repeat(BAR - filled),
                done,
                inAll,
                sum("differing"),
                sum("keysPulled"),
                sum("keysPushed"),
                pace.left(done, inAll, System.nanoTime()));
    }

    private boolean tell(int inAll, Pace pace) {
        Map<String, Long> incomplete = new TreeMap<>();
        Map<String, List<Integer>> which = new TreeMap<>(given);
        given.forEach((why, some) -> incomplete.put(why, (long) some.size()));
        for (Led led : leaders) {
            for (JsonNode part : led.page.path("incomplete")) {
                List<Integer> some = which.computeIfAbsent(part.path("why").asText(), ignored -> new ArrayList<>());
                part.path("partitions").forEach(partition -> some.add(partition.asInt()));
                incomplete.merge(
                        part.path("why").asText(),
                        (long) part.path("partitions").size(),
                        Long::sum);
            }
            if (led.lost != null) {
                incomplete.merge(led.lost, led.count("partitions") - led.count("done"), Long::sum);
            }
        }
        long completed = sum("completed");
        out.printf(
                Locale.ROOT,
                "%d of %d partitions compared among all their owners in %.1f s: %d differed; keys mended: %d pulled, %d pushed%n",
                completed,
                inAll,
                pace.seconds(System.nanoTime()),
                sum("differing"),
                sum("keysPulled"),
                sum("keysPushed"));
        incomplete.forEach((why, count) ->
                out.printf(Locale.ROOT, "incomplete: %d partitions%s: %s%n", count, ranges(which.get(why)), why));
        out.flush();
        return completed == inAll;
    }

    /** In parentheses, neighbours put together. */
    private static String ranges(@Nullable List<Integer> partitions) {
        if (partitions == null) {
            return "";
        }
        List<Integer> sorted = partitions.stream().sorted().toList();
        List<String> ranges = new ArrayList<>();
        for (int first = 0; first < sorted.size(); ) {
            int last = first;
            while (last + 1 < sorted.size() && sorted.get(last + 1) == sorted.get(last) + 1) {
                last++;
            }
            ranges.add(first == last ? "" + sorted.get(first) : sorted.get(first) + "-" + sorted.get(last));
            first = last + 1;
        }
        return " (" + String.join(", ", ranges) + ")";
    }
}
