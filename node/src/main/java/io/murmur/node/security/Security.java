package io.murmur.node.security;

import io.murmur.kernel.Clock;
import io.murmur.node.config.SecuritySettings;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's security: who may come in and what they may do, by files that are looked at again every few seconds. There is one of it where
 * security is on, and none where it is off. From any thread.
 */
public final class Security implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Security.class);
    private static final long LOOK_SECONDS = 3;
    private static final long WARN_DAYS = 14;

    private final Clock clock;
    private final Watched<Certificates> certificates;
    private final Watched<Users> users;
    private final Authenticator authenticator;
    private final Handshakes ofVisitors;
    private final Handshakes ofHttp;
    private final Handshakes ofPeers;
    private final ScheduledExecutorService watching;
    private long daysTold = Long.MAX_VALUE;

    private Security(SecuritySettings files, String name, Clock clock) throws IOException {
        this.clock = clock;
        this.certificates = new Watched<>(
                "certificates",
                List.of(files.certificate(), files.key(), files.trust(), files.peerTrust()),
                () -> Certificates.load(files, now()));
        this.users = new Watched<>("users", List.of(files.users()), () -> Users.read(files.users()));
        this.authenticator = new Authenticator(users::current, clock::monotonicNanos, name + "-passwords");
        this.ofVisitors = new Handshakes(name + "-handshakes");
        this.ofHttp = new Handshakes(name + "-http-handshakes");
        this.ofPeers = new Handshakes(name + "-peer-handshakes");
        this.watching = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory(name + "-security", true));
    }

    /**
     * Reads and checks the files.
     *
     * @param name of the node
     * @throws IOException when one of them cannot be used, in one line with the remedy
     */
    public static Security open(SecuritySettings files, String name, Clock clock) throws IOException {
        Security security = new Security(files, name, clock);
        LOG.info(
                "security is on: {} users, a certificate that is valid until {}",
                security.users().count(),
                security.certificates.current().own().getNotAfter().toInstant());
        security.warnOfExpiry();
        return security;
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.wallMillis());
    }

    /**
     * Begins to look at the files.
     *
     * @param usersChanged run on the watching thread whenever there are other users, or others rights
     */
    public void start(Runnable usersChanged) {
        watching.scheduleWithFixedDelay(() -> look(usersChanged), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private void look(Runnable usersChanged) {
        try {
            certificates.refresh();
            warnOfExpiry();
            if (users.refresh()) {
                usersChanged.run();
            }
        } catch (RuntimeException e) {
            // The next look must come.
            LOG.error("the files of security could not be looked at", e);
        }
    }

    private void warnOfExpiry() {
        Instant end = certificates.current().own().getNotAfter().toInstant();
        long days = ChronoUnit.DAYS.between(now(), end);
        if (days < WARN_DAYS && days != daysTold) {
            LOG.warn(
                    "this node's certificate {} at {}; renew it, and it will be taken without a restart",
                    days < 0 ? "ended, so that others refuse it," : "ends",
                    end);
        }
        daysTold = days;
    }

    /** What stands first in the pipeline of a connection that is opened to this node; with the newest certificates each time. */
    public TlsEntrance entrance() {
        return entrance(ofVisitors);
    }

    /** The same for HTTP, so that neither of the ports keeps visitors of the other waiting. */
    public TlsEntrance httpEntrance() {
        return entrance(ofHttp);
    }

    private TlsEntrance entrance(Handshakes handshakes) {
        return new TlsEntrance(() -> certificates.current().listening(), handshakes);
    }

    /** For a connection to another node, which waits for no stranger's; with the newest certificates each time. */
    public SslHandler dialling(Channel channel, String host, int port) {
        return certificates.current().dialling().newHandler(channel.alloc(), host, port, ofPeers.of(channel));
    }

    /** Who may do what at the moment. */
    public Users users() {
        return users.current();
    }

    public Authenticator authenticator() {
        return authenticator;
    }

    /** Why whoever opened this connection is no node of this cluster, or null when it has shown that it is. */
    public @Nullable String objectionToPeer(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return "a node speaks TLS";
        }
        try {
            Certificate[] shown = tls.engine().getSession().getPeerCertificates();
            X509Certificate[] chain = Arrays.copyOf(shown, shown.length, X509Certificate[].class);
            certificates.current().peers().checkClientTrusted(chain, Certificates.ANY_KEY_EXCHANGE);
            return null;
        } catch (SSLPeerUnverifiedException e) {
            return "a node shows a certificate of an authority in 'tls.peer-trust', and this one has shown none";
        } catch (CertificateException e) {
            return "a node shows a certificate of an authority in 'tls.peer-trust', and this one's is not: "
                    + e.getMessage();
        }
    }

    @Override
    public void close() {
        watching.shutdownNow();
        authenticator.close();
        ofVisitors.close();
        ofHttp.close();
        ofPeers.close();
    }
}
