package io.murmur.simulation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Network;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The promise of {@link Network}, as far as it can be tested while nothing fails. A binding makes two nodes that know each other. */
public abstract class NetworkContract {

    /** A node of the network under test. */
    public interface Party {
        NodeId id();

        Network network();

        Clock clock();

        /** Runs a task on the thread that may send, now or soon. */
        void onOwner(Runnable task);
    }

    /** What a party has received. */
    public record Arrival(NodeId from, Message message) {}

    private static final Key KEY = Key.of("cache", "key");

    private final Queue<Arrival> atA = new ConcurrentLinkedQueue<>();
    private final Queue<Arrival> atB = new ConcurrentLinkedQueue<>();
    private Party a;
    private Party b;

    /** Made by {@link #connect} before each test. */
    @SuppressWarnings("NullAway.Init")
    protected NetworkContract() {}

    /** The two nodes. */
    public record Pair(Party a, Party b) {}

    /** Makes two nodes between which messages pass from now on, and hands over what they receive. */
    protected abstract Pair connect(Queue<Arrival> arrivalsAtA, Queue<Arrival> arrivalsAtB);

    /** Lets time pass until this holds; throws when it does not within some seconds. */
    protected abstract void await(BooleanSupplier condition);

    @BeforeEach
    void connectTwoNodes() {
        Pair pair = connect(atA, atB);
        a = pair.a();
        b = pair.b();
    }

    @Test
    void aMessageArrivesAsItWasSentWithItsSendersId() {
        Cell cell = new Cell.Live(new Version(77, a.id()), 12_345, new byte[] {1, 2, 3});
        Message sent = new PeerReply.CellIs(42, 7, cell);

        a.onOwner(() -> a.network().send(b.id(), sent));

        await(() -> !atB.isEmpty());
        assertThat(atB).containsExactly(new Arrival(a.id(), sent));
        assertThat(atA).isEmpty();
    }

    @Test
    void whatArrivesSharesNothingWithWhatWasSent() {
        byte[] value = {1, 2, 3};
        Cell.Live cell = new Cell.Live(new Version(77, a.id()), Cell.NEVER, value);

        a.onOwner(() -> {
            a.network().send(b.id(), new PeerReply.CellIs(1, 1, cell));
            a.network().send(a.id(), new PeerReply.CellIs(2, 1, cell));
        });

        await(() -> !atB.isEmpty());
        PeerReply.CellIs arrived =
                (PeerReply.CellIs) Objects.requireNonNull(atB.peek()).message();
        assertThat(((Cell.Live) Objects.requireNonNull(arrived.cell())).value())
                .isEqualTo(value)
                .isNotSameAs(value);
    }

    @Test
    void aReplyFindsItsWayBack() {
        a.onOwner(() -> a.network().send(b.id(), read(a, Duration.ofSeconds(5))));
        await(() -> !atB.isEmpty());
        NodeId asker = Objects.requireNonNull(atB.peek()).from();
        PeerReply answer = new PeerReply.CellIs(3, 1, null);

        b.onOwner(() -> b.network().send(asker, answer));

        await(() -> !atA.isEmpty());
        assertThat(atA).containsExactly(new Arrival(b.id(), answer));
    }

    @Test
    void aDeadlineArrivesOnTheReceiversClock() {
        Duration budget = Duration.ofSeconds(5);

        a.onOwner(() -> a.network().send(b.id(), read(a, budget)));

        await(() -> !atB.isEmpty());
        Message arrived = Objects.requireNonNull(atB.peek()).message();
        long leftNanos = ((Message.Request) arrived).deadlineNanos() - b.clock().monotonicNanos();
        assertThat(leftNanos).isPositive().isLessThanOrEqualTo(budget.toNanos() + 1_000);
    }

    @Test
    void aMessageToTheOwnNodeArrivesAfterTheCurrentTask() {
        Queue<String> happened = new ConcurrentLinkedQueue<>();
        PeerReply note = new PeerReply.CellIs(5, 1, null);

        a.onOwner(() -> {
            a.network().send(a.id(), note);
            happened.add(atA.isEmpty() ? "not from within send" : "from within send");
        });

        await(() -> !atA.isEmpty());
        assertThat(happened).containsExactly("not from within send");
        assertThat(atA).containsExactly(new Arrival(a.id(), note));
    }

    @Test
    void aMessageToAStrangerIsDroppedAndHarmsNobody() {
        NodeId stranger = new NodeId(-1, -1);
        PeerReply note = new PeerReply.CellIs(6, 1, null);
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();

        a.onOwner(() -> {
            try {
                a.network().send(stranger, note);
            } catch (RuntimeException e) {
                thrown.add(e);
            }
            a.network().send(b.id(), note);
        });

        await(() -> !atB.isEmpty());
        assertThat(thrown).isEmpty();
        assertThat(atB).containsExactly(new Arrival(a.id(), note));
    }

    private static PeerRequest.Read read(Party asker, Duration budget) {
        return new PeerRequest.Read(3, 1, asker.clock().monotonicNanos() + budget.toNanos(), KEY);
    }
}
