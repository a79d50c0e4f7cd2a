package io.murmur.node.resp.server;

import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.server.Topology.Place;
import io.murmur.node.security.Right;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** CLUSTER: who owns what, as clients that route by themselves ask for it. */
public final class ClusterCommands implements CommandGroup {

    private static final int MOST_KEYS = 10_000;
    private static final int MOST_KEY_BYTES = 1 << 20;

    /** What this node itself holds. */
    public interface OwnKeys {

        /**
         * The keys of a slot that this node holds and that are alive; completes on any loop.
         *
         * @param each given one after another, on one loop at a time; says whether it wants more
         * @return whether it has been given all
         */
        CompletableFuture<Boolean> ofSlot(String cache, int slot, Predicate<byte[]> each);
    }

    private final Topology.Source source;
    private final OwnKeys ownKeys;
    private final boolean isTls;

    /** @param isTls whether the ports for Redis clients speak TLS */
    public ClusterCommands(Topology.Source source, OwnKeys ownKeys, boolean isTls) {
        this.source = source;
        this.ownKeys = ownKeys;
        this.isTls = isTls;
    }

    @Override
    public List<Command> commands() {
        return List.of(
                Command.holding("cluster", "3.0.0", "Who owns what.", subcommands()),
                Command.plain(
                                "readonly",
                                1,
                                "3.0.0",
                                "OK: every node serves reads of every key.",
                                call -> readOnly(call, true))
                        .with(Flag.FAST),
                Command.plain(
                                "readwrite",
                                1,
                                "3.0.0",
                                "OK: every node serves reads and writes of every key.",
                                call -> readOnly(call, false))
                        .with(Flag.FAST),
                Command.plain("asking", 1, "3.0.0", "OK: no node asks for it.", call -> call.answer(Reply.OK))
                        .with(Flag.FAST));
    }

    private List<Command> subcommands() {
        List<Command> all = new ArrayList<>(List.of(
                Command.plain("cluster|slots", 2, "3.0.0", "Ranges of slots and their owners.", this::slots),
                Command.plain("cluster|shards", 2, "7.0.0", "Groups of owners and their slots.", this::shards),
                Command.plain("cluster|nodes", 2, "3.0.0", "The nodes, in lines.", this::nodes),
                Command.plain("cluster|info", 2, "3.0.0", "How the cluster is.", this::info),
                Command.plain("cluster|myid", 2, "3.0.0", "The id of this node.", this::myId),
                Command.plain(
                        "cluster|keyslot",
                        3,
                        "3.0.0",
                        "The slot of a key.",
                        call -> call.answer(Reply.number(Slots.of(call.request().word(2))))),
                reading("cluster|countkeysinslot", 3, "How many keys of a slot this node holds.", this::countKeys),
                reading("cluster|getkeysinslot", 4, "Keys of a slot that this node holds.", this::getKeys),
                Command.plain("cluster|replicas", 3, "5.0.0", "None: owners are alike.", this::replicas),
                Command.plain("cluster|slaves", 3, "3.0.0", "None: owners are alike.", this::replicas),
                Command.plain("cluster|links", 2, "7.0.0", "None are shown.", call -> call.answer(Reply.NONE)),
                Command.plain(
                        "cluster|count-failure-reports",
                        3,
                        "3.0.0",
                        "0: nodes are convicted otherwise.",
                        call -> call.answer(Reply.ZERO)),
                Words.help(
                        "cluster",
                        "5.0.0",
                        "COUNTKEYSINSLOT <slot>",
                        "    Return the number of keys in <slot> that this node holds.",
                        "GETKEYSINSLOT <slot> <count>",
                        "    Return key names of a slot that this node holds.",
                        "INFO",
                        "    Return information about the cluster.",
                        "KEYSLOT <key>",
                        "    Return the hash slot for <key>.",
                        "MYID",
                        "    Return the node id.",
                        "NODES",
                        "    Return cluster configuration seen by node.",
                        "SHARDS",
                        "    Return information about slot range mappings and the nodes associated with them.",
                        "SLOTS",
                        "    Return information about slots range mappings.")));
        for (String name : List.of(
                "meet",
                "forget",
                "failover",
                "addslots",
                "addslotsrange",
                "delslots",
                "delslotsrange",
                "setslot",
                "replicate",
                "reset",
                "saveconfig",
                "bumpepoch",
                "flushslots",
                "set-config-epoch")) {
            all.add(Command.plain(
                    "cluster|" + name,
                    -2,
                    "3.0.0",
                    "Refused: nodes agree on the ring by themselves.",
                    call -> call.refuse("ERR CLUSTER " + name.toUpperCase(Locale.ROOT)
                            + " is not supported: nodes agree on the ring by themselves; './murmur ring' and its like"
                            + " change it")));
        }
        return all;
    }

    private static Command reading(String name, int arity, String summary, Command.Handler handler) {
        Command plain = Command.plain(name, arity, "3.0.0", summary, handler);
        return new Command(
                name,
                arity,
                plain.flags(),
                plain.keys(),
                EnumSet.of(Right.READ),
                plain.since(),
                summary,
                List.of(),
                handler);
    }

    private static void readOnly(Call call, boolean is) {
        call.session().readOnly(is);
        call.answer(Reply.OK);
    }

    // ---- who owns what

    private static List<SlotMap.Range> ranges(Call call, Topology topology) {
        return SlotMap.of(topology, call.session().cache().replicas());
    }

    private void slots(Call call) {
        Words.when(source.look(), call, topology -> {
            List<Reply> lines = new ArrayList<>();
            for (SlotMap.Range range : ranges(call, topology)) {
                if (range.owners().isEmpty()) {
                    continue;
                }
                List<Reply> line = new ArrayList<>();
                line.add(Reply.number(range.first()));
                line.add(Reply.number(range.last()));
                for (Place owner : range.owners()) {
                    line.add(new Reply.Items(List.of(
                            Words.bulk(owner.member().host()),
                            Reply.number(owner.respPort()),
                            Words.bulk(owner.id()),
                            Reply.NONE)));
                }
                lines.add(new Reply.Items(line));
            }
            call.answer(new Reply.Items(lines));
        });
    }

    private void shards(Call call) {
        Words.when(source.look(), call, topology -> {
            Map<List<Place>, List<Reply>> slotsOf = new LinkedHashMap<>();
            for (SlotMap.Range range : ranges(call, topology)) {
                if (!range.owners().isEmpty()) {
                    List<Reply> slots = slotsOf.computeIfAbsent(range.owners(), owners -> new ArrayList<>());
                    slots.add(Reply.number(range.first()));
                    slots.add(Reply.number(range.last()));
                }
            }
            List<Reply> shards = new ArrayList<>();
            slotsOf.forEach((owners, slots) -> shards.add(new Reply.Pairs(List.of(
                    Words.pair("slots", new Reply.Items(slots)),
                    Words.pair(
                            "nodes",
                            new Reply.Items(owners.stream()
                                    .map(owner -> shardNode(owner, owner.equals(owners.get(0))))
                                    .toList()))))));
            call.answer(new Reply.Items(shards));
        });
    }

    private Reply shardNode(Place node, boolean isMaster) {
        String host = node.member().host();
        return new Reply.Pairs(List.of(
                Words.pair("id", Words.bulk(node.id())),
                Words.pair(isTls ? "tls-port" : "port", Reply.number(node.respPort())),
                Words.pair("ip", Words.bulk(host)),
                Words.pair("endpoint", Words.bulk(host)),
                Words.pair("role", Words.bulk(isMaster ? "master" : "replica")),
                Words.pair("replication-offset", Reply.ZERO),
                Words.pair("health", Words.bulk(node.isAlive() ? "online" : "failed"))));
    }

    private void nodes(Call call) {
        Words.when(source.look(), call, topology -> {
            Ring ring = topology.ring();
            Map<NodeId, List<SlotMap.Range>> owned = SlotMap.byMaster(ranges(call, topology));
            StringBuilder page = new StringBuilder();
            for (Place place : topology.places().values()) {
                NodeId id = place.member().id();
                page.append(place.id())
                        .append(' ')
                        .append(place.member().host())
                        .append(':')
                        .append(place.respPort())
                        .append('@')
                        .append(place.member().port())
                        .append(id.equals(topology.self()) ? " myself,master" : " master")
                        .append(place.isAlive() ? "" : ",fail")
                        .append(place.respPort() == 0 ? ",noaddr" : "")
                        .append(" - 0 0 ")
                        .append(ring == null ? 0 : ring.epoch())
                        .append(place.isAlive() ? " connected" : " disconnected");
                for (SlotMap.Range range : owned.getOrDefault(id, List.of())) {
                    page.append(' ').append(range.first());
                    if (range.last() > range.first()) {
                        page.append('-').append(range.last());
                    }
                }
                page.append('\n');
            }
            call.answer(new Reply.Verbatim(page.toString()));
        });
    }

    private void info(Call call) {
        Words.when(source.look(), call, topology -> {
            Ring ring = topology.ring();
            List<SlotMap.Range> ranges = ranges(call, topology);
            int served = ranges.stream()
                    .filter(range -> range.owners().stream().anyMatch(Place::serves))
                    .mapToInt(range -> range.last() - range.first() + 1)
                    .sum();
            int assigned = ring == null ? 0 : Slots.COUNT;
            long epoch = ring == null ? 0 : ring.epoch();
            Map<String, Object> lines = new LinkedHashMap<>();
            lines.put("cluster_state", served == Slots.COUNT ? "ok" : "fail");
            lines.put("cluster_slots_assigned", assigned);
            lines.put("cluster_slots_ok", served);
            lines.put("cluster_slots_pfail", 0);
            lines.put("cluster_slots_fail", assigned - served);
            lines.put("cluster_known_nodes", topology.places().size());
            lines.put("cluster_size", SlotMap.byMaster(ranges).size());
            lines.put("cluster_current_epoch", epoch);
            lines.put("cluster_my_epoch", epoch);
            lines.put("cluster_stats_messages_sent", 0);
            lines.put("cluster_stats_messages_received", 0);
            lines.put("total_cluster_links_buffer_limit_exceeded", 0);
            StringBuilder page = new StringBuilder();
            lines.forEach(
                    (name, value) -> page.append(name).append(':').append(value).append("\r\n"));
            call.answer(new Reply.Verbatim(page.toString()));
        });
    }

    private void myId(Call call) {
        Words.when(source.look(), call, topology -> call.answer(Words.bulk(Topology.id(topology.self()))));
    }

    /** Every node is a master, of the slots whose first living owner it is. */
    private void replicas(Call call) {
        Words.when(source.look(), call, topology -> {
            String asked = call.request().text(2);
            boolean isKnown = topology.places().values().stream()
                    .anyMatch(place -> place.id().equals(asked));
            call.answer(
                    isKnown
                            ? Reply.NONE
                            : new Reply.Failed(
                                    "ERR Unknown node " + call.request().clipped(2)));
        });
    }

    // ---- what this node holds

    private void countKeys(Call call) {
        int slot = slot(call.request(), "ERR Invalid slot");
        AtomicLong count = new AtomicLong();
        Words.when(
                ownKeys.ofSlot(call.session().cache().name(), slot, key -> count.incrementAndGet() > 0),
                call,
                all -> call.answer(Reply.number(count.get())));
    }

    private void getKeys(Call call) {
        int slot = slot(call.request(), "ERR Invalid slot or number of keys");
        long most = call.request().integer(3);
        if (most < 0) {
            throw new Refusal("ERR Invalid slot or number of keys");
        }
        if (most == 0) {
            call.answer(Reply.NONE);
            return;
        }
        KeysFound found = new KeysFound(Math.min(most, MOST_KEYS));
        Words.when(
                ownKeys.ofSlot(call.session().cache().name(), slot, found::take),
                call,
                all -> call.answer(new Reply.Items(found.keys)));
    }

    /** Keys, as many as one answer may have. */
    private static final class KeysFound {
        private final long most;
        private final List<Reply> keys = new ArrayList<>();
        private long bytes;

        KeysFound(long most) {
            this.most = most;
        }

        /** Whether more would be taken. */
        boolean take(byte[] key) {
            keys.add(new Reply.Bulk(key));
            bytes += key.length;
            return keys.size() < most && bytes < MOST_KEY_BYTES;
        }
    }

    private static int slot(Request request, String error) {
        long slot = request.integer(2);
        if (slot < 0 || slot >= Slots.COUNT) {
            throw new Refusal(error);
        }
        return (int) slot;
    }
}
