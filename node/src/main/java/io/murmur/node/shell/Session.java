package io.murmur.node.shell;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The node that is spoken to, and when it is gone the next of those it has told of. What was said of the connection (user, levels, ...) is
 * said again to the next. A command is never sent again once it may have been sent. For one thread, but for {@link #interrupt}.
 */
final class Session implements Closeable {

    /** Opens connections. */
    interface Dialling {
        Wire open(Address address) throws IOException;
    }

    /** The connection broke before the answer. */
    static final class Lost extends IOException {
        private static final long serialVersionUID = 1L;

        Lost(String message, IOException cause) {
            super(message, cause);
        }
    }

    private static final List<byte[]> CLUSTER_SLOTS = List.of(Words.bytes("CLUSTER"), Words.bytes("SLOTS"));

    /** What of their beginnings names commands that a connection keeps in mind. */
    private static final Set<String> KEPT_IN_MIND =
            Set.of("AUTH", "SELECT", "READONLY", "READWRITE", "CLIENT SETNAME", "MURMUR LEVEL", "MURMUR CACHE");

    private final Dialling dialling;
    private final Consumer<String> tell;
    private final Set<Address> known = new LinkedHashSet<>();
    private final Map<String, List<byte[]>> keptInMind = new LinkedHashMap<>();
    private Address at;
    private volatile @Nullable Wire wire;
    private volatile boolean interrupted;

    /**
     * @param first where to go first
     * @param tell is told in one line of each change that nobody has asked for
     */
    Session(Address first, Dialling dialling, Consumer<String> tell) {
        this.at = first;
        this.dialling = dialling;
        this.tell = tell;
        known.add(first);
    }

    /** The node that is, or was last, spoken to. */
    Address at() {
        return at;
    }

    boolean isConnected() {
        return wire != null;
    }

    /**
     * Goes to this node, and stays where it is when that cannot be reached.
     *
     * @throws IOException says why it cannot
     */
    void connect(Address address) throws IOException {
        Wire fresh;
        try {
            fresh = dialling.open(address);
        } catch (IOException e) {
            throw new IOException(address + " cannot be reached: " + e.getMessage(), e);
        }
        close();
        use(address, fresh);
    }

    private void use(Address address, Wire fresh) throws IOException {
        at = address;
        known.add(address);
        wire = fresh;
        for (List<byte[]> command : keptInMind.values()) {
            if (fresh.call(command) instanceof Answer.Failed failed) {
                tell.accept(address + " refuses " + name(command) + ": " + failed.text());
            }
        }
        known.addAll(nodes(fresh.call(CLUSTER_SLOTS), address));
    }

    /**
     * Goes to the node it was at, or else to any other that it knows.
     *
     * @throws IOException says of each why it cannot be reached
     */
    void connect() throws IOException {
        Address before = at;
        Set<Address> candidates = new LinkedHashSet<>(List.of(before));
        candidates.addAll(known);
        StringJoiner reasons = new StringJoiner("; ");
        for (Address candidate : candidates) {
            try {
                use(candidate, dialling.open(candidate));
            } catch (IOException e) {
                close();
                reasons.add(candidate + ": " + e.getMessage());
                continue;
            }
            if (!candidate.equals(before)) {
                tell.accept("now at " + candidate + " (" + reasons + ")");
            }
            return;
        }
        throw new IOException("no node can be reached: " + reasons);
    }

    /**
     * Carries out a command, once it is connected.
     *
     * @throws Lost when it may have been sent and was not answered: whether it was carried out is not known
     * @throws IOException when it was not sent, since no node can be reached
     */
    Answer call(List<byte[]> command) throws IOException {
        Wire used = wire;
        if (used != null && used.isClosed()) {
            close();
            used = null;
        }
        if (used == null) {
            connect();
            used = wire;
        }
        if (used == null) {
            throw new IOException("not connected");
        }
        interrupted = false;
        Answer answer;
        try {
            answer = used.call(command);
        } catch (IOException e) {
            close();
            String why = interrupted ? "interrupted" : "lost the connection to " + at + ": " + e.getMessage();
            throw new Lost(why + "; whether " + name(command) + " was carried out is not known", e);
        }
        if (!(answer instanceof Answer.Failed)) {
            keepInMind(command);
        }
        return answer;
    }

    /** Gives up the command that is being waited for. From any thread. */
    void interrupt() {
        interrupted = true;
        close();
    }

    @Override
    public void close() {
        Wire open = wire;
        wire = null;
        if (open != null) {
            open.close();
        }
    }

    /** Each once, the latest last: a level for reads may be followed by one for both. */
    private void keepInMind(List<byte[]> command) {
        String name = name(command);
        if (KEPT_IN_MIND.contains(name) && command.size() > 1) {
            String which = name.equals("MURMUR LEVEL")
                    ? name
                            + command.stream()
                                    .skip(2)
                                    .map(Words::text)
                                    .map(word -> word.toUpperCase(Locale.ROOT))
                                    .filter(Set.of("LEVEL", "READ", "WRITE")::contains)
                                    .collect(Collectors.joining(" ", " ", ""))
                    : name;
            keptInMind.remove(which);
            keptInMind.put(which, command);
        }
    }

    /** The first word, or two of a command that holds others; in capitals. */
    private static String name(List<byte[]> command) {
        String first = Words.text(command.get(0)).toUpperCase(Locale.ROOT);
        String both =
                command.size() > 1 ? first + " " + Words.text(command.get(1)).toUpperCase(Locale.ROOT) : first;
        return KEPT_IN_MIND.contains(both) ? both : first;
    }

    /** The nodes in an answer to CLUSTER SLOTS; none in what is no such answer, as that of a node without a cluster. */
    static List<Address> nodes(Answer slots, Address asked) {
        List<Address> nodes = new ArrayList<>();
        if (slots instanceof Answer.Items ranges) {
            for (Answer range : ranges.items()) {
                if (range instanceof Answer.Items fields) {
                    // The first and the last slot, and then the nodes that serve them.
                    fields.items().stream().skip(2).forEach(node -> addNode(node, asked, nodes));
                }
            }
        }
        return nodes;
    }

    private static void addNode(Answer node, Address asked, List<Address> nodes) {
        if (node instanceof Answer.Items fields
                && fields.items().size() > 1
                && fields.items().get(1) instanceof Answer.Int port
                && port.value() > 0
                && port.value() < 65_536) {
            // A node that does not know its own host leaves it out: it is the one that was asked.
            String host = fields.items().get(0) instanceof Answer.Bulk name && name.bytes().length > 0
                    ? Words.text(name.bytes())
                    : asked.host();
            Address address = new Address(host, (int) port.value());
            if (!nodes.contains(address)) {
                nodes.add(address);
            }
        }
    }
}
