package io.murmur.node.security;

import io.murmur.client.internal.Pem;
import io.murmur.client.internal.Tls;
import io.murmur.node.config.SecuritySettings;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/**
 * What a node's TLS is made of, read from its files and checked. Immutable.
 *
 * @param own this node's certificate
 * @param listening for connections that others open: a certificate is asked for, and if one is shown it must be good
 * @param dialling for connections to other nodes
 * @param peers knows whose certificates make a node
 */
record Certificates(X509Certificate own, SslContext listening, SslContext dialling, X509TrustManager peers) {

    private static final byte[] PROBE = {1, 2, 3, 4};

    /** For the JDK, which has it from the cipher suite up to TLS 1.2: any that signs. */
    static final String ANY_KEY_EXCHANGE = "UNKNOWN";

    /**
     * @throws IOException when a file cannot be read or they do not belong together, in one line with the remedy
     */
    static Certificates load(SecuritySettings files, Instant now) throws IOException {
        List<X509Certificate> chain = Pem.certificates(files.certificate());
        X509Certificate own = chain.get(0);
        PrivateKey key = Pem.key(files.key());
        if (!isPair(key, own.getPublicKey())) {
            throw new IOException(files.key() + " (tls.key) is not the key of the first certificate in "
                    + files.certificate() + " (tls.certificate)");
        }
        if (now.isAfter(own.getNotAfter().toInstant())
                || now.isBefore(own.getNotBefore().toInstant())) {
            throw new IOException(files.certificate() + " (tls.certificate) is valid from "
                    + own.getNotBefore().toInstant() + " to "
                    + own.getNotAfter().toInstant() + ", not now");
        }
        List<X509Certificate> trusted = Pem.certificates(files.trust());
        List<X509Certificate> ofPeers = Pem.certificates(files.peerTrust());
        X509TrustManager peers = Tls.trustManager(ofPeers);
        try {
            // As the other nodes will look at it, be it as the one who dials or the one who is dialled.
            X509Certificate[] shown = chain.toArray(X509Certificate[]::new);
            peers.checkServerTrusted(shown, ANY_KEY_EXCHANGE);
            peers.checkClientTrusted(shown, ANY_KEY_EXCHANGE);
        } catch (CertificateException e) {
            throw new IOException(
                    files.certificate() + " (tls.certificate) would be refused by the other nodes, going by "
                            + files.peerTrust() + ": " + e.getMessage(),
                    e);
        }
        Tls.Identity identity = new Tls.Identity(key, chain);
        Set<X509Certificate> accepted = new LinkedHashSet<>(trusted);
        accepted.addAll(ofPeers);
        try {
            SslContext listening = Tls.listening(identity)
                    .trustManager(accepted)
                    .clientAuth(ClientAuth.OPTIONAL)
                    .build();
            return new Certificates(own, listening, Tls.dialling(ofPeers, identity), peers);
        } catch (SSLException e) {
            throw new IOException("TLS cannot be set up with " + files.certificate() + ": " + e.getMessage(), e);
        }
    }

    private static boolean isPair(PrivateKey mine, PublicKey theirs) {
        String algorithm = switch (mine.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> mine.getAlgorithm();
        };
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(mine);
            signing.update(PROBE);
            byte[] signature = signing.sign();
            signing.initVerify(theirs);
            signing.update(PROBE);
            return signing.verify(signature);
        } catch (GeneralSecurityException e) {
            // Of another kind, as RSA and EC.
            return false;
        }
    }
}
