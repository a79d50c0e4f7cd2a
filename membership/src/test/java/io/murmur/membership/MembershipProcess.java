package io.murmur.membership;

import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.SimulatedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One life of a node of which there is nothing but its membership. Partitions are caught up with after a while, or not at first. */
final class MembershipProcess implements SimulatedProcess {

    static final MembershipSettings SETTINGS = new MembershipSettings(300, 20, 1_000, 3_000, 1_000, 300);

    private final NodeSeams seams;
    private final PlantedBug bug;
    private final RingKeeper keeper;
    private final CatchUp catchUp;

    MembershipProcess(NodeSeams seams, PlantedBug bug, Consumer<Ring> adopted) throws IOException {
        this.seams = seams;
        this.bug = bug;
        RingStore store = store();
        this.keeper = RingKeeper.open(seams.id(), SETTINGS, store, seams.network(), seams.timers(), seams.random());
        Ring ring = keeper.ring();
        if (ring != null) {
            adopted.accept(ring);
        }
        keeper.onAdopted(adopted);
        this.catchUp = new CatchUp(seams.id(), keeper, this::catchUp, seams.clock(), seams.timers(), seams.random(), 2);
    }

    private RingStore store() {
        return bug.inStore(new DiskRingStore(seams.disk(), seams.background(), seams.shard(), seams.fatal()), seams);
    }

    private PartitionSyncs.Handle catchUp(int partition, Consumer<@Nullable String> then) {
        Duration time = Duration.ofMillis(1 + seams.random().nextInt(200));
        String failure = seams.random().nextInt(4) == 0 ? "not enough sources" : null;
        return seams.timers().after(time, () -> then.accept(failure))::cancel;
    }

    /** Takes part in changes: catches up, and asks to be let in. */
    MembershipProcess joining(Member self) throws IOException {
        catchUp.start();
        Admission.start(
                self,
                null,
                keeper,
                store(),
                seams.timers(),
                seams.random(),
                former -> FormerSelf.Verdict.LEAVE_IT,
                why -> {});
        return this;
    }

    /** Founds the cluster, unless it is there. */
    MembershipProcess founding(Genesis.Terms terms, Supplier<Genesis.Met> met) {
        again(new Genesis(seams.id(), terms, keeper), met);
        return this;
    }

    private void again(Genesis genesis, Supplier<Genesis.Met> met) {
        if (keeper.ring() == null) {
            genesis.consider(met.get());
            seams.timers().after(Duration.ofMillis(100), () -> again(genesis, met));
        }
    }

    /** Asks a node for its ring now and then, as gossip would have it do. */
    MembershipProcess gossiping(List<NodeId> nodes) {
        seams.timers().after(Duration.ofMillis(200 + seams.random().nextInt(200)), () -> {
            keeper.newerAt(nodes.get(seams.random().nextInt(nodes.size())));
            gossiping(nodes);
        });
        return this;
    }

    /** Does this on the control loop. */
    void run(Consumer<RingKeeper> task) {
        seams.shard().execute(() -> task.accept(keeper));
    }

    @Override
    public @Nullable Ring ring() {
        return keeper.ring();
    }

    @Nullable
    CatchUpProgress progress() {
        return catchUp.progress();
    }

    @Override
    public void receive(NodeId from, Message message) {
        if (message instanceof RingMessage about) {
            bug.receive(keeper, from, about);
        }
    }
}
