package io.murmur.node;

import io.murmur.client.internal.Tls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;

/** Issues certificates into files of a folder. */
final class Authority {

    private final Path folder;
    private final X509Bundle root;

    /** @param name of it, and of its file, with {@code .pem} */
    Authority(Path folder, String name) throws Exception {
        this.folder = folder;
        this.root = new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .notAfter(Instant.now().plus(3650, ChronoUnit.DAYS))
                .buildSelfSigned();
        Files.writeString(folder.resolve(name + ".pem"), root.getCertificatePEM());
    }

    X509Certificate root() {
        return root.getCertificate();
    }

    /** For 127.0.0.1, valid for a year, in {@code name.pem} and {@code name.key}. */
    Tls.Identity issue(String name) throws Exception {
        return issue(name, builder -> builder);
    }

    Tls.Identity issue(String name, UnaryOperator<CertificateBuilder> changes) throws Exception {
        Instant now = Instant.now();
        X509Bundle issued = changes.apply(new CertificateBuilder()
                        .ecp256()
                        .subject("CN=" + name)
                        .notBefore(now.minus(30, ChronoUnit.DAYS))
                        .notAfter(now.plus(365, ChronoUnit.DAYS))
                        .addSanIpAddress("127.0.0.1"))
                .buildIssuedBy(root);
        // A new pair is put in place as operators do: the certificate, and then the key.
        Files.writeString(folder.resolve(name + ".pem"), issued.getCertificatePEM());
        Files.writeString(folder.resolve(name + ".key"), issued.getPrivateKeyPEM());
        return new Tls.Identity(issued.getKeyPair().getPrivate(), List.of(issued.getCertificate()));
    }

    static CertificateBuilder expired(CertificateBuilder builder) {
        return builder.notAfter(Instant.now().minus(1, ChronoUnit.DAYS));
    }
}
