package io.murmur.client.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys in files, as {@code openssl} writes them. What is wrong with a file is said in one line that names it. */
public final class Pem {

    private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");
    private static final List<String> KINDS_OF_KEYS = List.of("EC", "RSA", "EdDSA");

    private Pem() {}

    /**
     * All certificates of a file, in its order.
     *
     * @throws IOException when it cannot be read or holds none
     */
    public static List<X509Certificate> certificates(Path file) throws IOException {
        byte[] bytes = read(file);
        List<X509Certificate> certificates;
        try {
            certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
        } catch (CertificateException e) {
            throw new IOException(file + " holds no readable certificates in PEM: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + " holds no certificate; it must be PEM, '-----BEGIN CERTIFICATE-----'");
        }
        return certificates;
    }

    /**
     * The private key of a file, in PKCS#8 and not encrypted.
     *
     * @throws IOException when it cannot be read or holds none of that kind
     */
    public static PrivateKey key(Path file) throws IOException {
        String text = new String(read(file), StandardCharsets.ISO_8859_1);
        Matcher matcher = KEY.matcher(text);
        if (!matcher.find()) {
            throw new IOException(file + " holds no unencrypted PKCS#8 key ('-----BEGIN PRIVATE KEY-----')"
                    + (text.contains("PRIVATE KEY") ? "; convert it: openssl pkcs8 -topk8 -nocrypt -in " + file : ""));
        }
        PKCS8EncodedKeySpec key;
        try {
            key = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1)));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds a key that is not Base64", e);
        }
        for (String kind : KINDS_OF_KEYS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(key);
            } catch (InvalidKeySpecException e) {
                // Of another kind.
            } catch (GeneralSecurityException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
        }
        throw new IOException(file + " holds a key that is none of " + String.join(", ", KINDS_OF_KEYS));
    }

    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " cannot be read: there is no such file", e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e, e);
        }
    }
}
