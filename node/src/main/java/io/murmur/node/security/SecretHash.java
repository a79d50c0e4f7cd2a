package io.murmur.node.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.KeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What the file of users holds in the place of a secret. A password, which people choose, is hashed slowly (PBKDF2, RFC 8018) and with salt, so
 * that who has stolen the file does not soon have the passwords. A token is long and random, and one round of SHA-256 is enough.
 */
public sealed interface SecretHash {

    /** As it stands in the file. */
    String text();

    /**
     * Of a password.
     *
     * @param iterations how slow it is
     */
    record OfPassword(int iterations, byte[] salt, byte[] hash) implements SecretHash {

        private static final String SCHEME = "pbkdf2-sha256";

        /** As OWASP's Password Storage Cheat Sheet has it for PBKDF2 with HMAC-SHA-256: half a second of a slow core. */
        private static final int ITERATIONS = 600_000;

        private static final int FEWEST = 1_000;
        private static final int MOST = 5_000_000;
        private static final int SALT_BYTES = 16;
        private static final int HASH_BYTES = 32;

        /** Hashes a password, with fresh salt. Slow. */
        public static OfPassword make(String password) {
            return make(password, ITERATIONS);
        }

        /** Hashes a password as slowly as is asked for. */
        public static OfPassword make(String password, int iterations) {
            byte[] salt = new byte[SALT_BYTES];
            new SecureRandom().nextBytes(salt);
            return new OfPassword(iterations, salt, derive(password, salt, iterations, HASH_BYTES));
        }

        /**
         * @throws IllegalArgumentException when it is none, with the reason
         */
        static OfPassword parse(String text) {
            String[] parts = text.split("\\$", -1);
            if (parts.length != 4 || !parts[0].equals(SCHEME) || !parts[1].matches("\\d{1,7}")) {
                throw new IllegalArgumentException(
                        "a password is " + SCHEME + "$iterations$salt$hash, as './murmur user' prints it");
            }
            int iterations = Integer.parseInt(parts[1]);
            if (iterations < FEWEST || iterations > MOST) {
                throw new IllegalArgumentException("iterations are from " + FEWEST + " to " + MOST);
            }
            byte[] salt = base64(parts[2]);
            byte[] hash = base64(parts[3]);
            if (salt.length < SALT_BYTES || hash.length != HASH_BYTES) {
                throw new IllegalArgumentException(
                        "the salt has at least " + SALT_BYTES + " bytes and the hash " + HASH_BYTES + ", in Base64");
            }
            return new OfPassword(iterations, salt, hash);
        }

        private static byte[] base64(String text) {
            return Base64.getDecoder().decode(text);
        }

        /** Whether this is the password. Slow. */
        boolean matches(String password) {
            return MessageDigest.isEqual(hash, derive(password, salt, iterations, hash.length));
        }

        private static byte[] derive(String password, byte[] salt, int iterations, int bytes) {
            KeySpec key = new PBEKeySpec(password.toCharArray(), salt, iterations, bytes * 8);
            try {
                return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(key)
                        .getEncoded();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
            }
        }

        @Override
        public String text() {
            Base64.Encoder base64 = Base64.getEncoder();
            return SCHEME + "$" + iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof OfPassword that
                    && iterations == that.iterations
                    && Arrays.equals(salt, that.salt)
                    && Arrays.equals(hash, that.hash);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(hash);
        }

        @Override
        public String toString() {
            return SCHEME;
        }
    }

    /**
     * Of a token.
     *
     * @param hex 64 digits
     */
    record OfToken(String hex) implements SecretHash {

        private static final String SCHEME = "sha256";
        private static final int TOKEN_BYTES = 32;

        public static OfToken of(String token) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
                return new OfToken(HexFormat.of().formatHex(hash));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        /** A new token, which nobody can guess. */
        public static String newToken() {
            byte[] token = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(token);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
        }

        /**
         * @throws IllegalArgumentException when it is none, with the reason
         */
        static OfToken parse(String text) {
            if (!text.matches("sha256\\$[0-9a-f]{64}")) {
                throw new IllegalArgumentException(
                        "a token is " + SCHEME + "$ and 64 hexadecimal digits, as './murmur user --token' prints it");
            }
            return new OfToken(text.substring(SCHEME.length() + 1));
        }

        @Override
        public String text() {
            return SCHEME + "$" + hex;
        }

        @Override
        public String toString() {
            return SCHEME;
        }
    }
}
