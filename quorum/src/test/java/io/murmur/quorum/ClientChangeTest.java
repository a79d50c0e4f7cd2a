package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.bytes;
import static io.murmur.quorum.Bench.live;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Changed;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.NodeId;
import io.murmur.quorum.Change.Step;
import io.murmur.quorum.ClientChange.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client's atomic operations make of what is there, and what the client is told. */
class ClientChangeTest {

    private static final long TTL = 700;
    private static final Step<Answer> REFUSED_FOR_NOTHING = new Step.Keep<>(new Answer.Told(false, null));

    private static Step<Answer> step(AtomicOperation operation, Cell.@Nullable Live current) {
        return new ClientChange(operation, null).apply(current, WALL_MILLIS);
    }

    private static Cell.Live held(String value) {
        return live(WALL_MILLIS, value);
    }

    private static void assertSame(Step<Answer> step, Step<Answer> expected) {
        assertThat(step).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(expected);
    }

    private static Step<Answer> put(String value, @Nullable String told) {
        return new Step.Put<>(bytes(value), WALL_MILLIS + TTL, told(true, told));
    }

    private static Step<Answer> refused(String found) {
        return new Step.Keep<>(told(false, found));
    }

    private static Answer told(boolean applied, @Nullable String value) {
        return new Answer.Told(applied, value == null ? null : bytes(value));
    }

    @Test
    void whatIsAbsentIsPutAndWhatIsThereIsToldInstead() {
        AtomicOperation operation = new AtomicOperation.PutIfAbsent(bytes("new"), TTL);

        assertSame(step(operation, null), put("new", null));
        assertSame(step(operation, held("old")), refused("old"));
        assertSame(step(operation, held("")), refused(""));
    }

    @Test
    void onlyWhatIsThereIsReplaced() {
        AtomicOperation operation = new AtomicOperation.Replace(bytes("new"), TTL);

        assertSame(step(operation, held("old")), put("new", null));
        assertSame(step(operation, null), REFUSED_FOR_NOTHING);
    }

    @Test
    void aValueIsSetOnlyInPlaceOfTheExpectedBytes() {
        AtomicOperation operation = new AtomicOperation.CompareAndSet(bytes("old"), bytes("new"), TTL);

        assertSame(step(operation, held("old")), put("new", null));
        assertSame(step(operation, held("OLD")), refused("OLD"));
        assertSame(step(operation, held("old ")), refused("old "));
        assertSame(step(operation, null), REFUSED_FOR_NOTHING);
    }

    @Test
    void toExpectAnEmptyValueIsNotToExpectNone() {
        assertSame(step(new AtomicOperation.CompareAndSet(bytes(""), bytes("new"), TTL), null), REFUSED_FOR_NOTHING);
        assertSame(step(new AtomicOperation.CompareAndRemove(bytes("")), null), REFUSED_FOR_NOTHING);
    }

    @Test
    void onlyTheExpectedBytesAreRemoved() {
        AtomicOperation operation = new AtomicOperation.CompareAndRemove(bytes("old"));

        assertSame(step(operation, held("old")), new Step.Remove<>(told(true, null)));
        assertSame(step(operation, held("other")), refused("other"));
        assertSame(step(operation, null), REFUSED_FOR_NOTHING);
    }

    @Test
    void whatWasThereIsToldByWhoPutsOrRemovesInAnyCase() {
        AtomicOperation put = new AtomicOperation.GetAndPut(bytes("new"), TTL);
        AtomicOperation remove = new AtomicOperation.GetAndRemove();

        assertSame(step(put, held("old")), put("new", "old"));
        assertSame(step(put, null), put("new", null));
        assertSame(step(remove, held("old")), new Step.Remove<>(told(true, "old")));
        assertSame(step(remove, null), new Step.Keep<>(told(true, null)));
    }

    @Test
    void aTimeToLiveIsThatOfTheOperationOrElseThatOfTheCache() {
        assertThat(expiry(ClientRequest.TTL_OF_CACHE, Duration.ofSeconds(9))).isEqualTo(WALL_MILLIS + 9000);
        assertThat(expiry(ClientRequest.TTL_OF_CACHE, null)).isEqualTo(Cell.NEVER);
        assertThat(expiry(ClientRequest.TTL_NONE, Duration.ofSeconds(9))).isEqualTo(Cell.NEVER);
        assertThat(expiry(5, Duration.ofSeconds(9))).isEqualTo(WALL_MILLIS + 5);
    }

    private static long expiry(long timeToLiveMillis, @Nullable Duration ofCache) {
        AtomicOperation operation = new AtomicOperation.GetAndPut(bytes("new"), timeToLiveMillis);
        return ((Step.Put<Answer>) new ClientChange(operation, ofCache).apply(null, WALL_MILLIS)).expiresAtMillis();
    }

    // Numbers.

    private static Step<Answer> plus(long delta, @Nullable String held) {
        return step(new AtomicOperation.Increment(delta, TTL), held == null ? null : held(held));
    }

    @ParameterizedTest
    @CsvSource({
        "5, 3, 8",
        "-5, 3, -2",
        "0, -1, -1",
        "9223372036854775806, 1, 9223372036854775807",
        "-9223372036854775807, -1, -9223372036854775808",
        "9223372036854775807, -9223372036854775808, -1"
    })
    void aNumberGrowsByTheDelta(String held, long delta, String sum) {
        assertSame(plus(delta, held), new Step.Put<>(bytes(sum), Cell.NEVER, told(true, sum)));
    }

    @Test
    void nothingCountsAsZeroAndOnlyThenTheTimeToLiveIsOfUse() {
        assertSame(plus(3, null), new Step.Put<>(bytes("3"), WALL_MILLIS + TTL, told(true, "3")));

        Cell.Live expiring = new Cell.Live(new Version(1, new NodeId(0, 1)), WALL_MILLIS + 42, bytes("7"));
        assertSame(
                step(new AtomicOperation.Increment(1, TTL), expiring),
                new Step.Put<>(bytes("8"), WALL_MILLIS + 42, told(true, "8")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "-0",
                "+1",
                "01",
                " 1",
                "1 ",
                "1.0",
                "1e3",
                "ten",
                "9223372036854775808",
                "-9223372036854775809",
                "٣",
                "10000000000000000000000"
            })
    void whatIsNoNumberIsLeftAsItIs(String held) {
        assertSame(plus(1, held), new Step.Keep<>(new Answer.Wrong("the value is not an integer or out of range")));
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 1",
        "-9223372036854775808, -1",
        "1, 9223372036854775807",
        "-2, -9223372036854775807"
    })
    void aSumBeyondTheRangeIsNotMade(String held, long delta) {
        assertSame(plus(delta, held), new Step.Keep<>(new Answer.Wrong("the increment would overflow")));
    }

    // On a shard that is the only owner.

    private final Bench bench = new Bench(Layouts.ring(1));

    private ClientReply.Result change(Key key, AtomicOperation operation) {
        bench.replies.clear();
        bench.call(new ClientRequest.Change(7, 1, bench.inFiveSeconds(), key, operation));
        assertThat(bench.replies).singleElement().extracting(ClientReply::id).isEqualTo(7L);
        return bench.result();
    }

    private Changed changed(AtomicOperation operation) {
        return (Changed) change(KEY, operation);
    }

    @Test
    void aShardCarriesOutOneAfterTheOther() {
        Changed first = changed(new AtomicOperation.Increment(5, 0));
        Changed second = changed(new AtomicOperation.Increment(-7, 0));
        Changed refused = changed(new AtomicOperation.PutIfAbsent(bytes("x"), 0));
        Changed removed = changed(new AtomicOperation.GetAndRemove());

        assertThat(List.of(first, second, removed)).allMatch(Changed::applied);
        assertThat(first.value()).isEqualTo(bytes("5"));
        assertThat(second.value()).isEqualTo(bytes("-2"));
        assertThat(refused.applied()).isFalse();
        assertThat(refused.value()).isEqualTo(bytes("-2"));
        assertThat(refused.version()).isEqualTo(second.version());
        assertThat(removed.value()).isEqualTo(bytes("-2"));
        assertThat(changed(new AtomicOperation.Replace(bytes("x"), 0)).applied())
                .isFalse();
    }

    @Test
    void aTraceSaysHowManyOwnersHoldWhatCameOfIt() {
        bench.call(
                new ClientRequest.Change(7, 1, bench.inFiveSeconds(), KEY, new AtomicOperation.Increment(1, 0), true));

        Trace trace = requireNonNull(bench.trace());
        assertThat(trace.kind()).isEqualTo(Trace.Kind.CHANGE);
        assertThat(trace.outcome()).isEqualTo(new Trace.Outcome.Done(1));
    }

    @Test
    void whatCannotBeIsABadRequestAndChangesNothing() {
        changed(new AtomicOperation.GetAndPut(bytes("text"), 0));

        assertThat(badRequest(KEY, new AtomicOperation.Increment(1, 0))).contains("not an integer");
        assertThat(badRequest(KEY, new AtomicOperation.Increment(1, -2))).contains("time to live");
        assertThat(badRequest(KEY, new AtomicOperation.GetAndPut(bytes("x"), Long.MAX_VALUE)))
                .contains("time to live");
        assertThat(badRequest(Key.of("foreign", "key"), new AtomicOperation.GetAndRemove()))
                .contains("'foreign'");
        assertThat(changed(new AtomicOperation.GetAndRemove()).value()).isEqualTo(bytes("text"));
    }

    @Test
    void aValueOverItsLimitIsABadRequest() {
        Bench narrow =
                new Bench(Layouts.ring(1), settings -> Bench.withBounds(settings, new Limits(3, 10, 10), 100, 1_000));
        byte[] eleven = "eleven byte".getBytes(StandardCharsets.UTF_8);

        for (AtomicOperation operation : List.of(
                new AtomicOperation.PutIfAbsent(eleven, 0),
                new AtomicOperation.Replace(eleven, 0),
                new AtomicOperation.CompareAndSet(bytes("old"), eleven, 0),
                new AtomicOperation.GetAndPut(eleven, 0))) {
            narrow.replies.clear();
            narrow.call(new ClientRequest.Change(1, 1, narrow.inFiveSeconds(), KEY, operation));
            assertThat(narrow.failure(Failure.BadRequest.class).detail()).contains("11 bytes");
        }
        assertThat(narrow.storage.joins).isZero();
    }

    @Test
    void aCacheWithATimeToLiveGivesItToItsValues() {
        Key brief = Key.of("brief", "key");

        change(brief, new AtomicOperation.Increment(1, ClientRequest.TTL_OF_CACHE));

        assertThat(bench.storage.held.get(brief))
                .isInstanceOfSatisfying(
                        Cell.Live.class,
                        cell -> assertThat(cell.expiresAtMillis()).isEqualTo(WALL_MILLIS + 60_000));
    }

    @Test
    void theBallotPromisedAheadIsNotTriedAfterAPlainWrite() {
        Bench three = new Bench(Layouts.ring(3));
        for (int change = 0; change < 2; change++) {
            increment(three);
            three.answer(SECOND, null);
            accept(three);
        }
        assertThat(three.lastTo(SECOND, PeerRequest.Accept.class).next()).isNotNull();
        three.put("7", null);
        three.acknowledge(SECOND);

        increment(three);

        assertThat(three.lastTo(SECOND, PeerRequest.class)).isInstanceOf(PeerRequest.Prepare.class);
        three.answer(SECOND, null);
        accept(three);
        assertThat(((Changed) three.result()).value()).isEqualTo(bytes("8"));
    }

    private static void increment(Bench three) {
        three.replies.clear();
        three.call(new ClientRequest.Change(7, 1, three.inFiveSeconds(), KEY, new AtomicOperation.Increment(1, 0)));
    }

    private static void accept(Bench three) {
        three.shard.receive(
                SECOND,
                new PeerReply.Accepted(
                        three.lastTo(SECOND, PeerRequest.Accept.class).id(), 1));
    }

    private String badRequest(Key key, AtomicOperation operation) {
        return ((Failure.BadRequest) ((ClientReply.Failed) change(key, operation)).failure()).detail();
    }
}
