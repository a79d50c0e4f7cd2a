package io.murmur.node.security;

import io.murmur.kernel.message.Credentials;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Who somebody is, by what they show. To check a password is slow by design, and whoever comes may ask for it; so that nobody can occupy
 * the node by it, passwords are checked one at a time on a thread of their own, few may wait, an address that was wrong often is not
 * checked for a while, and what was right a short while ago is known to be: clients that come again, all at once, when a node is back, are
 * let in at once, and one that goes on showing what was wrong is refused at once.
 *
 * <p>From any thread.
 */
public final class Authenticator implements AutoCloseable {

    /** Half a second each, and a client is patient for ten. */
    private static final int MOST_CHECKS_WAITING = 16;

    /** Of those who show the very same. */
    private static final int MOST_SHARING = 1024;

    private static final int MOST_REMEMBERED = 1024;
    private static final int MOST_ADDRESSES = 4096;

    /** Of one address: two of them do not fill the queue. */
    static final int MOST_IN_FLIGHT = 6;

    /** An address may be wrong so often in a window. */
    static final int MOST_WRONG = 10;

    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    static final long WRONG_REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(10);
    static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** What came of it. */
    public sealed interface Verdict {
        /** This is the user. */
        record Known(User user) implements Verdict {}

        /**
         * Nobody who may come in.
         *
         * @param reason for people, on both sides
         * @param lasts whether the same credentials will be refused the next time as well
         */
        record Refused(String reason, boolean lasts) implements Verdict {}
    }

    /** What came of a check: it holds as long as the file has the same hash. */
    private record Checked(SecretHash secret, long atNanos) {

        boolean holds(SecretHash now, long nanos, long forNanos) {
            return secret.equals(now) && nanos - atNanos < forNanos;
        }
    }

    /** The checks for an address. */
    private static final class Attempts {
        private long windowBeganNanos;
        private int wrong;
        private int inFlight;
    }

    private static final Verdict WRONG = new Verdict.Refused("wrong user or password", true);
    private static final Verdict BUSY = new Verdict.Refused("busy checking the passwords of others; try again", false);

    private final Supplier<Users> users;
    private final LongSupplier nanoClock;
    private final ThreadPoolExecutor checking;
    private final SecretKeySpec fingerprintKey;

    /** What the password of a user who does not exist is compared with, so that it takes as long. */
    private final SecretHash.OfPassword nobodys = SecretHash.OfPassword.make("");

    /** By fingerprint. Guarded by this object, as are the others. */
    private final Map<String, Checked> right = bounded(MOST_REMEMBERED);

    /** Apart from those that were right, which strangers must not crowd out. */
    private final Map<String, Checked> wrong = bounded(MOST_REMEMBERED);

    private final Map<String, List<Consumer<Verdict>>> underWay = new HashMap<>();
    private final Map<String, Attempts> addresses = bounded(MOST_ADDRESSES);

    Authenticator(Supplier<Users> users, LongSupplier nanoClock, String threadName) {
        this.users = users;
        this.nanoClock = nanoClock;
        this.checking = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_CHECKS_WAITING),
                new DefaultThreadFactory(threadName, true));
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        this.fingerprintKey = new SecretKeySpec(key, "HmacSHA256");
    }

    private static <V> Map<String, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * Finds out who shows this.
     *
     * @param address of whom it comes from
     * @param then told once: at once, or later on another thread
     */
    public void check(Credentials shown, String address, Consumer<Verdict> then) {
        switch (shown) {
            case Credentials.Token token -> {
                User user = users.get().ofToken(token.token());
                then.accept(user == null ? new Verdict.Refused("unknown token", true) : new Verdict.Known(user));
            }
            case Credentials.Password password -> {
                Verdict verdict = sooner(password, address, then);
                if (verdict != null) {
                    then.accept(verdict);
                }
            }
        }
    }

    /** The verdict if it is there without a check; else null, and a check is under way. */
    private @Nullable Verdict sooner(Credentials.Password shown, String address, Consumer<Verdict> then) {
        String fingerprint = fingerprint(shown);
        User user = users.get().named(shown.user());
        SecretHash.OfPassword secret = secretOf(user);
        long now = nanoClock.getAsLong();
        synchronized (this) {
            Checked wasRight = right.get(fingerprint);
            if (user != null && wasRight != null && wasRight.holds(secret, now, REMEMBERED_NANOS)) {
                return new Verdict.Known(user);
            }
            Checked wasWrong = wrong.get(fingerprint);
            if (wasWrong != null && wasWrong.holds(secret, now, WRONG_REMEMBERED_NANOS)) {
                return WRONG;
            }
            List<Consumer<Verdict>> same = underWay.get(fingerprint);
            if (same != null) {
                return same.size() < MOST_SHARING && same.add(then) ? null : BUSY;
            }
            Attempts attempts = attempts(address, now);
            if (attempts.wrong >= MOST_WRONG) {
                return new Verdict.Refused(
                        "too many wrong passwords from " + address + "; try again in "
                                + TimeUnit.NANOSECONDS.toSeconds(WINDOW_NANOS) + " s",
                        false);
            }
            if (attempts.inFlight >= MOST_IN_FLIGHT) {
                return BUSY;
            }
            try {
                checking.execute(() -> check(shown, fingerprint, secret, attempts));
            } catch (RejectedExecutionException e) {
                return BUSY;
            }
            attempts.inFlight++;
            underWay.put(fingerprint, new ArrayList<>(List.of(then)));
            return null;
        }
    }

    private Attempts attempts(String address, long now) {
        Attempts attempts = addresses.computeIfAbsent(address, fresh -> new Attempts());
        if (attempts.wrong > 0 && now - attempts.windowBeganNanos > WINDOW_NANOS) {
            attempts.wrong = 0;
        }
        return attempts;
    }

    /** What a password shown as this user's is compared with. */
    private SecretHash.OfPassword secretOf(@Nullable User user) {
        return user != null && user.secret() instanceof SecretHash.OfPassword own ? own : nobodys;
    }

    private void check(
            Credentials.Password shown, String fingerprint, SecretHash.OfPassword secret, Attempts attempts) {
        boolean matches = secret.matches(shown.password());
        // As the file is by now: whoever was taken out of it meanwhile, or given another secret, is not let in.
        User user = users.get().named(shown.user());
        boolean isRight = matches && user != null && secret.equals(user.secret());
        List<Consumer<Verdict>> waiting;
        synchronized (this) {
            waiting = underWay.remove(fingerprint);
            long now = nanoClock.getAsLong();
            attempts.inFlight--;
            if (!isRight && attempts.wrong++ == 0) {
                attempts.windowBeganNanos = now;
            }
            if (isRight) {
                right.put(fingerprint, new Checked(secret, now));
            } else if (!matches) {
                wrong.put(fingerprint, new Checked(secret, now));
            }
        }
        Verdict verdict = isRight && user != null ? new Verdict.Known(user) : WRONG;
        if (waiting != null) {
            waiting.forEach(one -> one.accept(verdict));
        }
    }

    /** Tells equal credentials without keeping them. */
    private String fingerprint(Credentials.Password shown) {
        try {
            Mac mac = Mac.getInstance(fingerprintKey.getAlgorithm());
            mac.init(fingerprintKey);
            mac.update(shown.user().getBytes(StandardCharsets.UTF_8));
            // No text has it, so that no other user and password are the same bytes.
            mac.update((byte) 0xFF);
            return HexFormat.of().formatHex(mac.doFinal(shown.password().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /** Checks nothing from now on; who waits for a verdict gets none. */
    @Override
    public void close() {
        checking.shutdownNow();
    }
}
