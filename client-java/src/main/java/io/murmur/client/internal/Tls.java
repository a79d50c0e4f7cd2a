package io.murmur.client.internal;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS as Murmur speaks it: 1.3 by the JDK's implementation, whoever is dialled checked by name. Not 1.2, in which a client may ask for new
 * handshakes without end on a connection that stands.
 */
public final class Tls {

    private static final String PROTOCOL = "TLSv1.3";

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
        return builder.sslProvider(SslProvider.JDK).protocols(PROTOCOL);
    }

    /** For whoever opens connections by other means than Netty. */
    public static SSLContext context(Collection<X509Certificate> trust) {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(null, new TrustManager[] {trustManager(trust)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK speaks TLS", e);
        }
    }

    /** Knows which certificates are of these authorities. */
    public static X509TrustManager trustManager(Collection<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager found) {
                    return found;
                }
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("authorities cannot be kept in memory", e);
        }
        throw new IllegalStateException("every JDK has a trust manager for certificates");
    }
}
