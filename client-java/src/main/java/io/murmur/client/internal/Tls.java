package io.murmur.client.internal;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS as Murmur speaks it: 1.3 or 1.2 by the JDK's implementation, whoever is dialled checked by name. */
public final class Tls {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private Tls() {}

    /** A key and the certificates that say whose it is, the own one first. */
    public record Identity(PrivateKey key, List<X509Certificate> chain) {}

    /**
     * For whoever opens connections.
     *
     * @param trust authorities whose certificates are accepted; null for those the JDK trusts
     * @param identity shown when the other side asks for it
     */
    public static SslContext dialling(@Nullable Collection<X509Certificate> trust, @Nullable Identity identity)
            throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
        if (trust != null) {
            builder.trustManager(trust);
        }
        if (identity != null) {
            builder.keyManager(identity.key(), identity.chain());
        }
        return asMurmurSpeaksIt(builder).build();
    }

    /** For whoever is connected to. */
    public static SslContextBuilder listening(Identity identity) {
        return asMurmurSpeaksIt(SslContextBuilder.forServer(identity.key(), identity.chain()));
    }

    private static SslContextBuilder asMurmurSpeaksIt(SslContextBuilder builder) {
        return builder.sslProvider(SslProvider.JDK).protocols(PROTOCOLS);
    }
}
