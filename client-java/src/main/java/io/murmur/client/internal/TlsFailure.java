package io.murmur.client.internal;

import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong between two who speak TLS, told so that somebody can mend it.
 *
 * @param reason one line, of the other side as "it"
 * @param lasts whether the same will happen again until somebody changes something
 */
public record TlsFailure(String reason, boolean lasts) {

    private static final String ALERT = "received fatal alert: ";

    /** What the other side says (RFC 8446, section 6) when it is our certificate that it does not like. */
    private static final Set<String> OF_CERTIFICATES = Set.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "unknown_ca",
            "access_denied",
            "certificate_required");

    private static final TlsFailure CLOSED = new TlsFailure(
            "it closed the connection during the TLS handshake: it speaks no TLS, or does not trust what it was shown",
            false);

    /** Of a handshake that has failed. */
    public static TlsFailure ofHandshake(Throwable thrown) {
        TlsFailure found = of(thrown);
        if (found != null) {
            return found;
        }
        return thrown instanceof ClosedChannelException
                ? CLOSED
                : new TlsFailure("the TLS handshake failed: " + thrown.getMessage(), false);
    }

    /** Null when this is no failure of TLS. */
    public static @Nullable TlsFailure of(Throwable thrown) {
        TlsFailure found = null;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            TlsFailure nearer = ofOne(cause);
            found = nearer == null ? found : nearer;
        }
        return found;
    }

    private static @Nullable TlsFailure ofOne(Throwable cause) {
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return switch (cause) {
            case NotSslRecordException ignored -> new TlsFailure("it does not speak TLS", true);
            case CertificateExpiredException ignored ->
                new TlsFailure("its certificate, or that of its authority, has expired: " + message, true);
            case CertificateNotYetValidException ignored ->
                new TlsFailure("its certificate, or that of its authority, is not valid yet: " + message, true);
            case CertPathBuilderException ignored ->
                new TlsFailure("its certificate is of no authority that is trusted here", true);
            case CertificateException ignored
            when isAboutTheName(message) -> new TlsFailure("its certificate is for another host: " + message, true);
            case CertificateException ignored -> new TlsFailure("its certificate is not accepted: " + message, true);
            case SSLException ignored -> ofSession(message);
            default -> null;
        };
    }

    private static boolean isAboutTheName(String message) {
        return message.startsWith("No subject alternative") || message.startsWith("No name matching");
    }

    private static TlsFailure ofSession(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        int alert = lower.indexOf(ALERT);
        if (alert >= 0) {
            String said = lower.substring(alert + ALERT.length()).strip();
            return OF_CERTIFICATES.contains(said.replaceFirst("^\\(([a-z_]+)\\).*", "$1"))
                    ? new TlsFailure("it does not accept the certificate shown to it (" + said + ")", true)
                    : new TlsFailure("it ended the TLS session (" + said + ")", false);
        }
        if (lower.startsWith("unsupported or unrecognized ssl message")) {
            return new TlsFailure("it does not speak TLS", true);
        }
        return lower.contains("closed while ssl/tls handshake")
                ? CLOSED
                : new TlsFailure("TLS failed: " + message, false);
    }
}
