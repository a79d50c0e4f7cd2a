package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.node.security.Right;
import io.murmur.node.security.SecretHash;
import io.murmur.node.security.User;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PermittedTest {

    private static final User USER = new User(
            "alice",
            SecretHash.OfToken.of("token"),
            Map.of("readable", Set.of(Right.READ), "writable", Set.of(Right.WRITE), "own", Set.of(Right.ADMIN)));

    private static final ClientReply.Result FOUND = new ClientReply.Value(null, null, 1);
    private static final ClientReply.Result FOUND_TOO = new ClientReply.Value(null, null, 2);

    private static ClientReply.Result forbidden(String what, String cache) {
        return new ClientReply.Failed(new Failure.Forbidden("user 'alice' may not " + what + " cache '" + cache + "'"));
    }

    private static Permitted get(String cache) {
        return Permitted.of(new ClientRequest.Get(1, 1, 0, Key.of(cache, "key"), null), USER);
    }

    private static Permitted put(String cache) {
        return Permitted.of(new ClientRequest.Put(1, 1, 0, Key.of(cache, "key"), new byte[0], 0, null), USER);
    }

    private static Permitted delete(String cache) {
        return Permitted.of(new ClientRequest.Delete(1, 1, 0, Key.of(cache, "key"), null), USER);
    }

    @Test
    void readingAndWritingAreRightsOfTheirOwn() {
        assertThat(get("readable")).isEqualTo(Permitted.ALL);
        assertThat(put("writable")).isEqualTo(Permitted.ALL);
        assertThat(delete("writable")).isEqualTo(Permitted.ALL);
        assertThat(get("own")).isEqualTo(Permitted.ALL);
        assertThat(put("own")).isEqualTo(Permitted.ALL);

        assertThat(get("writable"))
                .isEqualTo(new Permitted.Nothing(new ClientReply.One(1, 0, forbidden("read", "writable"))));
        assertThat(put("readable"))
                .isEqualTo(new Permitted.Nothing(new ClientReply.One(1, 0, forbidden("write", "readable"))));
        assertThat(delete("readable"))
                .isEqualTo(new Permitted.Nothing(new ClientReply.One(1, 0, forbidden("write", "readable"))));
        assertThat(get("another")).isInstanceOf(Permitted.Nothing.class);
    }

    private static Permitted change(String cache, AtomicOperation operation) {
        return Permitted.of(new ClientRequest.Change(1, 1, 0, Key.of(cache, "key"), operation), USER);
    }

    static Stream<AtomicOperation> operations() {
        byte[] value = {1};
        return Stream.of(
                new AtomicOperation.PutIfAbsent(value, 0),
                new AtomicOperation.Replace(value, 0),
                new AtomicOperation.CompareAndSet(value, value, 0),
                new AtomicOperation.CompareAndRemove(value),
                new AtomicOperation.GetAndPut(value, 0),
                new AtomicOperation.GetAndRemove(),
                new AtomicOperation.Increment(1, 0));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void anAtomicOperationWritesAndReadsTooWhenItTellsWhatIsThere(AtomicOperation operation) {
        Permitted notRead = new Permitted.Nothing(new ClientReply.One(1, 0, forbidden("read", "writable")));
        boolean tells = !(operation instanceof AtomicOperation.Replace);

        assertThat(change("own", operation)).isEqualTo(Permitted.ALL);
        assertThat(change("readable", operation))
                .isEqualTo(new Permitted.Nothing(new ClientReply.One(1, 0, forbidden("write", "readable"))));
        assertThat(change("writable", operation)).isEqualTo(tells ? notRead : Permitted.ALL);
    }

    @Test
    void theRingIsForEveryUser() {
        assertThat(Permitted.of(new ClientRequest.GetRing(1, 1, 0), USER)).isEqualTo(Permitted.ALL);
    }

    @Test
    void ofABatchEachKeyIsPermittedOnItsOwnAndAnsweredInItsPlace() {
        Key first = Key.of("readable", "1");
        Key second = Key.of("own", "2");
        ClientRequest.GetAll all = new ClientRequest.GetAll(
                7, 3, 9, List.of(Key.of("writable", "x"), first, Key.of("another", "y"), second), null);

        Permitted.Some some = (Permitted.Some) Permitted.of(all, USER);

        assertThat(some.request()).isEqualTo(new ClientRequest.GetAll(7, 3, 9, List.of(first, second), null));
        assertThat(some.whole(new ClientReply.Many(7, 4, List.of(FOUND, FOUND_TOO))))
                .isEqualTo(new ClientReply.Many(
                        7, 4, List.of(forbidden("read", "writable"), FOUND, forbidden("read", "another"), FOUND_TOO)));
    }

    @Test
    void ofABatchOfWritesOnlyWhatIsPermittedGoesOn() {
        ClientRequest.Entry mine = new ClientRequest.Entry(Key.of("own", "1"), new byte[] {1});
        ClientRequest.Entry others = new ClientRequest.Entry(Key.of("readable", "2"), new byte[] {2});
        ClientRequest.PutAll all = new ClientRequest.PutAll(7, 3, 9, List.of(others, mine), 5, null, true);

        Permitted.Some some = (Permitted.Some) Permitted.of(all, USER);

        assertThat(some.request()).isEqualTo(new ClientRequest.PutAll(7, 3, 9, List.of(mine), 5, null, true));
    }

    @Test
    void aBatchOfWhichNothingIsPermittedIsAnsweredAtOnce() {
        ClientRequest.GetAll all = new ClientRequest.GetAll(7, 3, 9, List.of(Key.of("a", "x"), Key.of("b", "y")), null);

        assertThat(Permitted.of(all, USER))
                .isEqualTo(new Permitted.Nothing(
                        new ClientReply.Many(7, 0, List.of(forbidden("read", "a"), forbidden("read", "b")))));
        assertThat(Permitted.of(new ClientRequest.GetAll(7, 3, 9, List.of(), null), USER))
                .as("an empty one is answered as it always was")
                .isEqualTo(Permitted.ALL);
    }
}
