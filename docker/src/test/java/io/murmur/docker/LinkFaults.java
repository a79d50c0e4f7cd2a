package io.murmur.docker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Packets that one node loses, and sends late, on their way from and to others. Loss is iptables' {@code statistic} on what arrives; delay is
 * a hop through a TUN device ({@code late_packets.py}), because not every kernel has netem. As root, and on the engine's machine, for both
 * are done within the node's network namespace. Closing ends both.
 */
final class LinkFaults implements AutoCloseable {

    private static final Path RELAY = Path.of("src/test/python/late_packets.py").toAbsolutePath();
    private static final Pattern ROUND_TRIP = Pattern.compile("\\brtt:([0-9.]+)/");

    private final NodeContainer node;
    private final List<String> others;
    private final Process relay;
    private final BufferedReader relaySays;

    /**
     * Begins at once.
     *
     * @param others with which the node's packets are lost and late, those of one direction each: what it receives, and what it sends
     */
    LinkFaults(NodeContainer node, Collection<NodeContainer> others, double loss, Duration delay) {
        this.node = node;
        this.others = others.stream()
                .map(other -> Objects.requireNonNull(other.interzoneAddress()))
                .toList();
        for (String from : this.others) {
            iptables(
                    "--append",
                    "INPUT",
                    "--source",
                    from,
                    "--match",
                    "statistic",
                    "--mode",
                    "random",
                    "--probability",
                    String.valueOf(loss),
                    "--jump",
                    "DROP");
        }
        List<String> command = new ArrayList<>(node.inItsNetwork(
                "python3",
                RELAY.toString(),
                String.valueOf(delay.toMillis()),
                Objects.requireNonNull(node.interzoneAddress())));
        command.addAll(this.others);
        try {
            relay = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            relaySays = relay.inputReader(StandardCharsets.UTF_8);
            if (!"relaying".equals(relaySays.readLine())) {
                throw new AssertionError("the relay of " + node.name() + " does not start: is there /dev/net/tun?");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String iptables(String... arguments) {
        List<String> command = new ArrayList<>(List.of("iptables", "--wait"));
        command.addAll(List.of(arguments));
        return Shell.run(node.inItsNetwork(command.toArray(new String[0])));
    }

    /** Packets lost until now, by the kernel's count. */
    long lost() {
        return iptables("--list", "INPUT", "--verbose", "--exact", "--numeric")
                .lines()
                .filter(line -> line.contains("statistic"))
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[0]))
                .sum();
    }

    /** The longest smoothed round trip of the node's own connections to the others, by the kernel's measure. */
    Duration roundTrip() {
        List<String> command =
                new ArrayList<>(List.of("ss", "--no-header", "--tcp", "--info", "--numeric", "state", "established"));
        for (String other : others) {
            command.addAll(List.of(command.contains("dst") ? "or" : "(", "dst", other));
        }
        command.add(")");
        Matcher matcher = ROUND_TRIP.matcher(Shell.run(node.inItsNetwork(command.toArray(new String[0]))));
        double longest = 0;
        while (matcher.find()) {
            longest = Math.max(longest, Double.parseDouble(matcher.group(1)));
        }
        return Duration.ofNanos((long) (longest * 1e6));
    }

    /** Packets that were sent late; ends the faults. */
    long end() {
        iptables("--flush", "INPUT");
        // By its handle, which leaves its output open to be read to the end.
        relay.toHandle().destroy();
        try {
            String last = relaySays.readLine();
            relay.waitFor();
            if (last == null) {
                throw new AssertionError("the relay of " + node.name() + " has died");
            }
            return Long.parseLong(last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (relay.isAlive()) {
            end();
        }
    }
}
