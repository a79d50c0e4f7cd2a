package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.client.internal.Connection;
import io.murmur.client.internal.Opening;
import io.murmur.client.internal.SystemClock;
import io.murmur.client.internal.Tls;
import io.murmur.client.internal.TlsFailure;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One node with security on, and all who are not let in: each is told why, as is the operator, and the others are served meanwhile. */
@Timeout(60)
class WireSecurityTest {

    private static final NodeId STRANGER = new NodeId(1, 2);

    @TempDir
    private static Path folder = Path.of(".");

    private static SecurityFiles files;

    private TestCluster cluster;
    private MurmurClient other;
    private LogLines log;

    @SuppressWarnings("NullAway.Init")
    WireSecurityTest() {}

    @BeforeAll
    static void issueCertificates() throws Exception {
        files = new SecurityFiles(folder);
        files.ca().issue("a");
        new Authority(folder, "clients-ca");
    }

    @BeforeEach
    void startANode(@TempDir Path data) throws Exception {
        log = new LogLines("io.murmur.node");
        cluster = new TestCluster(data, List.of("a"), files.settings());
        cluster.clientsAre(builder -> builder.tls(files.file("ca.pem")).credentials("alice", "alicealice"));
        cluster.start("a", files.certificate("a"));
        cluster.awaitConnected();
        other = cluster.client();
    }

    @AfterEach
    void othersAreServedMeanwhile() throws IOException {
        log.close();
        try (TestCluster stopping = cluster;
                MurmurClient client = other) {
            BlockingCache<String, String> cache = TestCluster.strings(client);
            cache.put("meanwhile", "served by " + stopping.port("a"));
            assertThat(cache.get("meanwhile")).isPresent();
            assertThat(client.connectedNodes()).isEqualTo(1);
        }
    }

    private MurmurClient client(UnaryOperator<MurmurClient.Builder> with) {
        return with.apply(MurmurClient.builder()
                        .seed("127.0.0.1:" + cluster.port("a"))
                        .clientName("visitor")
                        .startTimeout(Duration.ofMillis(1500)))
                .build();
    }

    private MurmurException refused(UnaryOperator<MurmurClient.Builder> with) {
        return catchThrowableOfType(MurmurException.class, () -> client(with).close());
    }

    // Who is let in.

    @Test
    void whatIsWrittenOverTlsIsReadOverTlsWhateverItsSize() {
        try (MurmurClient client = client(b -> b.tls(files.file("ca.pem")).token(SecurityFiles.TOKEN))) {
            BlockingCache<String, byte[]> cache =
                    client.cache("default", Codec.string(), Codec.bytes()).blocking();
            byte[] large = new byte[5 << 20];
            large[large.length - 1] = 7;
            CallOptions patient = CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(20));

            cache.put("large", large, patient);
            cache.put("small", new byte[] {1}, patient);

            assertThat(cache.get("large", patient).orElseThrow()).isEqualTo(large);
            assertThat(cache.get("small", patient))
                    .hasValueSatisfying(v -> assertThat(v).containsExactly(1));
        }
    }

    @Test
    void eachUserMayDoWhatItsRightsSayAndNoMore() {
        UnaryOperator<MurmurClient.Builder> rita =
                b -> b.tls(files.file("ca.pem")).credentials("rita", "ritarita");
        try (MurmurClient reader = client(rita);
                MurmurClient robot = client(b -> b.tls(files.file("ca.pem")).token(SecurityFiles.TOKEN))) {
            BlockingCache<String, String> ofReader = TestCluster.strings(reader);
            TestCluster.strings(robot).put("rights", "written");

            assertThat(ofReader.get("rights")).contains("written");
            assertThatThrownBy(() -> ofReader.put("rights", "overwritten"))
                    .isInstanceOf(MurmurException.Forbidden.class)
                    .hasMessage("forbidden: user 'rita' may not write cache 'default'");
            assertThatThrownBy(() -> ofReader.delete("rights")).isInstanceOf(MurmurException.Forbidden.class);
            assertThatThrownBy(() -> robot.cache("orders", Codec.string(), Codec.string())
                            .blocking()
                            .put("order", "1"))
                    .isInstanceOf(MurmurException.Forbidden.class)
                    .hasMessageContaining("'robot' may not write cache 'orders'");
            assertThat(ofReader.get("rights")).contains("written");
        }
    }

    // Credentials.

    @Test
    void aClientWithoutCredentialsIsRefused() {
        MurmurException failure = refused(b -> b.tls(files.file("ca.pem")));

        assertThat(failure)
                .isInstanceOf(MurmurException.NotAuthenticated.class)
                .hasMessageContaining("asks for a user and password or a token");
        log.await("refused client 'visitor' of 127.0.0.1", "asks for a user and password");
    }

    @Test
    void aWrongPasswordAndAnUnknownUserAreToldAlike() {
        MurmurException wrong = refused(b -> b.tls(files.file("ca.pem")).credentials("alice", "guessed"));
        MurmurException unknown = refused(b -> b.tls(files.file("ca.pem")).credentials("mallory", "guessed"));

        assertThat(wrong)
                .isInstanceOf(MurmurException.NotAuthenticated.class)
                .hasMessageContaining("wrong user or password")
                .hasMessageNotContaining("guessed");
        assertThat(unknown).isInstanceOf(MurmurException.NotAuthenticated.class).hasMessage(wrong.getMessage());
        log.await("refused client 'visitor' as user 'alice' of 127.0.0.1", "wrong user or password");
        log.await("as user 'mallory'", "wrong user or password");
        assertThat(log.lines()).noneMatch(line -> line.contains("guessed"));
    }

    @Test
    void anUnknownTokenIsRefused() {
        MurmurException failure = refused(b -> b.tls(files.file("ca.pem")).token("not-this-one"));

        assertThat(failure).isInstanceOf(MurmurException.NotAuthenticated.class).hasMessageContaining("unknown token");
        log.await("refused client 'visitor' of 127.0.0.1", "unknown token");
        assertThat(log.lines()).noneMatch(line -> line.contains("not-this-one"));
    }

    // TLS on one side only.

    @Test
    void aPlainTextClientIsToldThatThisPortSpeaksTls() {
        MurmurException failure = refused(b -> b.credentials("alice", "alicealice"));

        assertThat(failure).hasMessageContaining("this port speaks TLS and nothing else");
        log.await("refused 127.0.0.1", "this port speaks TLS and nothing else");
    }

    @Test
    void whoeverSpeaksAnotherPlainProtocolIsClosed() throws IOException {
        try (RawConnection connection = new RawConnection(cluster.port("a"))) {
            connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(connection.receive()).isInstanceOf(Handshake.Rejected.class);
            assertThat(connection.isClosedByOtherSide()).isTrue();
        }
    }

    @Test
    void aTlsClientOnAPlainPortIsToldThatItMayBeOne() throws Exception {
        try (TestCluster plain = TestCluster.started(folder.resolve("plain"), "p")) {
            MurmurException failure = catchThrowableOfType(
                    MurmurException.class,
                    () -> MurmurClient.builder()
                            .seed("127.0.0.1:" + plain.port("p"))
                            .tls(files.file("ca.pem"))
                            .startTimeout(Duration.ofMillis(1500))
                            .build());

            assertThat(failure)
                    .hasMessageContaining("it closed the connection during the TLS handshake: it speaks no TLS");
            log.await("refused 127.0.0.1", "it speaks TLS, and this side does not");
            try (MurmurClient client = plain.client()) {
                TestCluster.strings(client).put("key", "value");
            }
        }
    }

    @Test
    void whoeverSaysNothingOrHalfOfSomethingIsClosedSoon() throws IOException {
        try (RawConnection silent = new RawConnection(cluster.port("a"));
                RawConnection halfway = new RawConnection(cluster.port("a"))) {
            halfway.send(new byte[] {22, 3, 1, 1, 0, 1});

            assertThat(silent.isClosedByOtherSide()).isTrue();
            halfway.awaitClosed();
        }
        log.await("refused 127.0.0.1", "did not greet within 5 s");
    }

    // Certificates of nodes, as clients see them.

    @Test
    void aNodeOfAnAuthorityThatAClientDoesNotTrustIsNotSpokenTo() {
        MurmurException failure =
                refused(b -> b.tls(files.file("clients-ca.pem")).credentials("alice", "alicealice"));

        assertThat(failure).hasMessageContaining("its certificate is of no authority that is trusted here");
        log.await("refused 127.0.0.1", "it does not accept the certificate shown to it", "certificate_unknown");
    }

    @Test
    void aNodeWithACertificateForAnotherHostIsNotSpokenTo() {
        MurmurException failure = catchThrowableOfType(
                MurmurException.class,
                () -> MurmurClient.builder()
                        .seed("localhost:" + cluster.port("a"))
                        .tls(files.file("ca.pem"))
                        .credentials("alice", "alicealice")
                        .startTimeout(Duration.ofMillis(1500))
                        .build());

        assertThat(failure)
                .hasMessageContaining("its certificate is for another host")
                .hasMessageContaining("localhost");
        log.await("refused 127.0.0.1", "it does not accept the certificate shown to it");
    }

    /** No node starts with an expired certificate; one may outlive its own. */
    @Test
    void anExpiredCertificateIsNotSpokenToAndItsOwnerHearsWhy() throws Exception {
        Tls.Identity expired = files.ca().issue("expired-node", Authority::expired);
        EventLoopGroup loops = Transport.loops(1, "expired");
        BlockingQueue<TlsFailure> heard = new LinkedBlockingQueue<>();
        SslContext context = Tls.listening(expired).build();
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(Transport.serverChannel())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(context.newHandler(channel.alloc()), new Hearing(heard));
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        try {
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            MurmurException failure = catchThrowableOfType(
                    MurmurException.class,
                    () -> MurmurClient.builder()
                            .seed("127.0.0.1:" + port)
                            .tls(files.file("ca.pem"))
                            .build());

            assertThat(failure).hasMessageContaining("has expired");
            assertThat(heard.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(new TlsFailure(
                            "it does not accept the certificate shown to it (certificate_expired)", true));
        } finally {
            server.close().syncUninterruptibly();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static final class Hearing extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<TlsFailure> heard;

        Hearing(BlockingQueue<TlsFailure> heard) {
            this.heard = heard;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
                TlsFailure failure = TlsFailure.of(handshake.cause());
                if (failure != null) {
                    heard.add(failure);
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // Told as an event as well.
        }
    }

    // Certificates of those who say that they are nodes.

    /** Why the node does not let in whoever dials it so; null when it does. */
    private @Nullable String whyNot(@Nullable NodeId as, SslContext context) throws InterruptedException {
        EventLoopGroup loops = Transport.loops(1, "dialling");
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Bootstrap bootstrap = new Bootstrap().channel(Transport.channel());
        Handshake.Hello hello = new Handshake.Hello(MessageCodec.PROTOCOL, "murmur", as, "visitor");
        Connection connection = new Connection(
                "127.0.0.1:" + cluster.port("a"),
                new Opening(
                        hello,
                        bootstrap,
                        (dialled, host, port) -> context.newHandler(dialled.alloc(), host, port),
                        new SystemClock(),
                        new WireWriter()),
                loops.next(),
                1 << 20,
                new Connection.Listener() {
                    @Override
                    public void farewell() {
                        throw new AssertionError("no node stops here");
                    }

                    @Override
                    public void ready(Handshake.Welcome welcome) {
                        told.add("");
                    }

                    @Override
                    public void lost(String reason, boolean wasReady) {
                        told.add(reason);
                    }

                    @Override
                    public void received(Message message) {}
                });
        try {
            loops.execute(connection::connect);
            String first = told.poll(20, TimeUnit.SECONDS);
            if (first == null) {
                throw new AssertionError("neither let in nor refused");
            }
            return first.isEmpty() ? null : first;
        } finally {
            loops.submit(connection::close).syncUninterruptibly();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static List<X509Certificate> trusted() {
        return List.of(files.ca().root());
    }

    @Test
    void aNodeWithAGoodCertificateIsLetInAsOne() throws Exception {
        assertThat(whyNot(STRANGER, Tls.dialling(trusted(), files.ca().issue("b"))))
                .isNull();
    }

    @Test
    void whoeverSaysThatItIsANodeAndShowsNoCertificateIsRefused() throws Exception {
        assertThat(whyNot(STRANGER, Tls.dialling(trusted(), null)))
                .contains("tls.peer-trust")
                .contains("this one has shown none");
        log.await("refused node 'visitor' of 127.0.0.1", "has shown none");
    }

    @Test
    void aNodesCertificateDoesNotMakeAClientAUser() throws Exception {
        assertThat(whyNot(null, Tls.dialling(trusted(), files.ca().issue("b")))).contains("asks for a user");
    }

    /** By itself the JDK does not show a certificate that the other side has not asked for; somebody else's may. */
    @Test
    void aForeignCertificateIsRefused() throws Exception {
        Tls.Identity foreign = new Authority(folder, "foreign-ca").issue("foreign");

        assertThat(whyNot(STRANGER, showingAnyhow(foreign)))
                .startsWith("it does not accept the certificate shown to it");
        log.await("refused 127.0.0.1", "its certificate is of no authority that is trusted here");
        assertThat(whyNot(STRANGER, Tls.dialling(trusted(), foreign))).contains("has shown none");
    }

    @Test
    void anExpiredCertificateOfANodeIsRefused() throws Exception {
        Tls.Identity expired = files.ca().issue("expired", Authority::expired);

        assertThat(whyNot(STRANGER, showingAnyhow(expired)))
                .startsWith("it does not accept the certificate shown to it");
        log.await("refused 127.0.0.1", "its certificate, or that of its authority, has expired");
    }

    private static SslContext showingAnyhow(Tls.Identity identity) throws IOException {
        return SslContextBuilder.forClient()
                .trustManager(trusted())
                .keyManager(new Insistent(identity))
                .build();
    }

    /** Shows its certificate whoever asks. */
    private static final class Insistent extends X509ExtendedKeyManager {
        private final Tls.Identity identity;

        Insistent(Tls.Identity identity) {
            this.identity = identity;
        }

        @Override
        public String chooseEngineClientAlias(String[] kinds, Principal[] issuers, SSLEngine engine) {
            return "own";
        }

        @Override
        public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) {
            return "own";
        }

        @Override
        public String[] getClientAliases(String kind, Principal[] issuers) {
            return new String[] {"own"};
        }

        @Override
        public String[] getServerAliases(String kind, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return identity.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.key();
        }
    }
}
