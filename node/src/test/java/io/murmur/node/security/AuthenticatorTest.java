package io.murmur.node.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.message.Credentials;
import io.murmur.node.security.Authenticator.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AuthenticatorTest {

    private static final Map<String, Set<Right>> ALL = Map.of(User.ANY_CACHE, Set.of(Right.ADMIN));
    private static final User ALICE = new User("alice", SecretHash.OfPassword.make("secret", 1000), ALL);
    private static final User ROBOT = new User("robot", SecretHash.OfToken.of("token"), ALL);

    private final AtomicLong nanos = new AtomicLong();
    private Users users = Users.of(List.of(ALICE, ROBOT));
    private final Authenticator authenticator = new Authenticator(() -> users, nanos::get, "test");
    private final BlockingQueue<Verdict> verdicts = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        authenticator.close();
    }

    private Verdict verdict(Credentials shown, String address) throws InterruptedException {
        authenticator.check(shown, address, verdicts::add);
        Verdict verdict = verdicts.poll(20, TimeUnit.SECONDS);
        if (verdict == null) {
            throw new AssertionError("no verdict");
        }
        return verdict;
    }

    private static Credentials alice(String password) {
        return new Credentials.Password("alice", password);
    }

    /** Keeps the thread that checks passwords until it is let go. */
    private CountDownLatch occupy() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Consumer<Verdict> slow = verdict -> {
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        authenticator.check(alice("occupying"), "10.0.0.9", slow);
        begun.await();
        return end;
    }

    @Test
    void whoShowsTheRightPasswordOrTokenIsKnown() throws Exception {
        assertThat(verdict(alice("secret"), "10.0.0.1")).isEqualTo(new Verdict.Known(ALICE));
        assertThat(verdict(new Credentials.Token("token"), "10.0.0.1")).isEqualTo(new Verdict.Known(ROBOT));
        assertThat(verdict(alice("other"), "10.0.0.1")).isInstanceOf(Verdict.Refused.class);
        assertThat(verdict(new Credentials.Token("other"), "10.0.0.1")).isInstanceOf(Verdict.Refused.class);
        assertThat(verdict(new Credentials.Password("robot", "token"), "10.0.0.1"))
                .isInstanceOf(Verdict.Refused.class);
        assertThat(verdict(new Credentials.Password("nobody", ""), "10.0.0.1")).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void aPasswordThatWasRightIsKnownAtOnceForAWhile() throws Exception {
        verdict(alice("secret"), "10.0.0.1");
        CountDownLatch occupied = occupy();

        assertThat(verdict(alice("secret"), "10.0.0.2")).isEqualTo(new Verdict.Known(ALICE));

        nanos.addAndGet(Authenticator.REMEMBERED_NANOS);
        authenticator.check(alice("secret"), "10.0.0.1", verdicts::add);
        assertThat(verdicts).as("checked again, which takes its time").isEmpty();
        occupied.countDown();
        assertThat(verdicts.poll(20, TimeUnit.SECONDS)).isEqualTo(new Verdict.Known(ALICE));
    }

    @Test
    void aPasswordThatWasRightIsOfNoUseOnceTheFileHasAnother() throws Exception {
        verdict(alice("secret"), "10.0.0.1");

        users = Users.of(List.of(new User("alice", SecretHash.OfPassword.make("changed", 1000), ALL)));

        assertThat(verdict(alice("secret"), "10.0.0.1")).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void anAddressThatWasWrongTooOftenIsNotCheckedForAWhileAndOthersAre() throws Exception {
        verdict(alice("secret"), "10.0.0.1");
        for (int i = 0; i < Authenticator.MOST_WRONG; i++) {
            assertThat(verdict(alice("guess " + i), "10.0.0.1"))
                    .isEqualTo(new Verdict.Refused("wrong user or password", true));
        }

        assertThat(verdict(alice("one more guess"), "10.0.0.1"))
                .isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
                    assertThat(refused.reason()).contains("too many wrong passwords from 10.0.0.1");
                    assertThat(refused.lasts()).isFalse();
                });
        assertThat(verdict(alice("a guess"), "10.0.0.2"))
                .isEqualTo(new Verdict.Refused("wrong user or password", true));
        assertThat(verdict(alice("secret"), "10.0.0.1"))
                .as("whoever was right is let in from there as well")
                .isEqualTo(new Verdict.Known(ALICE));
        nanos.addAndGet(Authenticator.WINDOW_NANOS + 1);
        assertThat(verdict(alice("later"), "10.0.0.1")).isEqualTo(new Verdict.Refused("wrong user or password", true));
    }

    @Test
    void whatIsRightDoesNotCountAgainstAnAddress() throws Exception {
        List<User> many = new ArrayList<>();
        for (int i = 0; i < 2 * Authenticator.MOST_WRONG; i++) {
            many.add(new User("user" + i, SecretHash.OfPassword.make("secret" + i, 1000), ALL));
        }
        users = Users.of(many);

        for (int i = 0; i < many.size(); i++) {
            assertThat(verdict(new Credentials.Password("user" + i, "secret" + i), "10.0.0.1"))
                    .isEqualTo(new Verdict.Known(many.get(i)));
        }
    }

    @Test
    void manyWhoShowTheSameAreCheckedOnce() throws Exception {
        CountDownLatch occupied = occupy();
        for (int i = 0; i < 500; i++) {
            authenticator.check(alice("secret"), "10.0.0.1", verdicts::add);
        }
        assertThat(verdicts).isEmpty();

        occupied.countDown();

        for (int i = 0; i < 500; i++) {
            assertThat(verdicts.poll(20, TimeUnit.SECONDS)).isEqualTo(new Verdict.Known(ALICE));
        }
    }

    @Test
    void aUserWhoIsTakenOutDuringTheCheckIsNotLetIn() throws Exception {
        CountDownLatch occupied = occupy();
        authenticator.check(alice("secret"), "10.0.0.1", verdicts::add);

        users = Users.of(List.of(ROBOT));
        occupied.countDown();

        assertThat(verdicts.poll(20, TimeUnit.SECONDS)).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void whoeverIsStillBeingCheckedIsNotTakenForWrong() throws Exception {
        List<User> many = new ArrayList<>();
        for (int i = 0; i < 2 * Authenticator.MOST_WRONG; i++) {
            many.add(new User("user" + i, SecretHash.OfPassword.make("secret" + i, 1000), ALL));
        }
        users = Users.of(many);
        CountDownLatch occupied = occupy();

        for (int i = 0; i < many.size(); i++) {
            authenticator.check(new Credentials.Password("user" + i, "secret" + i), "10.0.0.1", verdicts::add);
        }

        assertThat(verdicts)
                .hasSize(many.size() - Authenticator.MOST_IN_FLIGHT)
                .allSatisfy(verdict -> assertThat(verdict)
                        .isInstanceOfSatisfying(
                                Verdict.Refused.class,
                                told -> assertThat(told.reason()).startsWith("busy")));
        verdicts.clear();
        occupied.countDown();
        for (int i = 0; i < Authenticator.MOST_IN_FLIGHT; i++) {
            assertThat(verdicts.poll(20, TimeUnit.SECONDS)).isInstanceOf(Verdict.Known.class);
        }
        assertThat(verdict(new Credentials.Password("user19", "secret19"), "10.0.0.1"))
                .as("those that were checked take up no room any more")
                .isInstanceOf(Verdict.Known.class);
    }

    @Test
    void whatWasWrongIsRefusedAtOnceForAWhileUnlessTheFileHasAnotherHash() throws Exception {
        for (int i = 0; i < 2 * Authenticator.MOST_WRONG; i++) {
            assertThat(verdict(alice("changed"), "10.0.0.1"))
                    .as("showing the same again is no guess")
                    .isEqualTo(new Verdict.Refused("wrong user or password", true));
        }
        CountDownLatch occupied = occupy();
        assertThat(verdict(alice("changed"), "10.0.0.2")).isInstanceOf(Verdict.Refused.class);

        User changed = new User("alice", SecretHash.OfPassword.make("changed", 1000), ALL);
        users = Users.of(List.of(changed));
        occupied.countDown();

        assertThat(verdict(alice("changed"), "10.0.0.1")).isEqualTo(new Verdict.Known(changed));
    }

    @Test
    void noMoreThanAFewChecksWaitAndWhoComesThenIsToldAtOnce() throws Exception {
        CountDownLatch occupied = occupy();
        int refused = 0;
        for (int i = 0; i < 100; i++) {
            authenticator.check(alice("guess " + i), "10.0.1." + i, verdicts::add);
        }

        for (Verdict verdict = verdicts.poll(); verdict != null; verdict = verdicts.poll()) {
            assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class, told -> {
                assertThat(told.reason()).contains("busy");
                assertThat(told.lasts()).isFalse();
            });
            refused++;
        }
        assertThat(refused).isEqualTo(84);
        assertThat(verdict(new Credentials.Token("token"), "10.0.0.1")).isEqualTo(new Verdict.Known(ROBOT));
        occupied.countDown();
    }
}
