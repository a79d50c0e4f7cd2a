package io.murmur.node.http;

import io.murmur.kernel.message.Credentials;
import io.murmur.node.security.Authenticator.Verdict;
import io.murmur.node.security.Right;
import io.murmur.node.security.Security;
import io.murmur.node.security.User;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who may: whoever shows the token as {@code Authorization: Bearer <token>} may do everything, others may read. Where security is on they may
 * not even read, and a user with the right to administer all caches may do everything as well, by password (Basic) or by token (Bearer).
 * Besides, a change has to be declared as JSON and must not come from a page of another origin: such a page may post forms and plain text
 * to any port of its browser's machine, but JSON only where it is let.
 */
public class HttpAccess {

    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";
    private static final String RETRY_SECONDS = "10";

    private final byte[] token;
    private final String where;
    private final @Nullable Security security;

    /**
     * @param where the token is to be found, for people who lack it
     * @param security null where it is off
     */
    public HttpAccess(String token, String where, @Nullable Security security) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.where = where;
        this.security = security;
    }

    /** Null where it is off, and the port speaks plain text. */
    @Nullable
    Security security() {
        return security;
    }

    /** Whether the port speaks TLS. */
    boolean isSecured() {
        return security != null;
    }

    /** Whether it is as a user that whoever asks may, and not by the node's token: then as long as the file of users says so. */
    boolean isUser(HttpHeaders headers) {
        return security != null && !showsToken(headers);
    }

    /**
     * Finds out whether whoever asks may.
     *
     * @param then told why not, null when it may: at once, or later on another thread when it takes a password's check
     */
    void check(Route.Need need, HttpHeaders headers, InetSocketAddress remote, Consumer<@Nullable Response> then) {
        boolean isChange = need == Route.Need.CHANGE;
        Credentials shown = security == null ? null : credentials(headers);
        if (need == Route.Need.NOTHING || (security == null && !isChange)) {
            then.accept(null);
        } else if (showsToken(headers)) {
            then.accept(isChange ? otherOrigin(headers) : null);
        } else if (security == null || shown == null) {
            then.accept(unauthorized(headers, null));
        } else {
            security.authenticator()
                    .check(
                            shown,
                            remote.getHostString(),
                            verdict -> then.accept(objection(verdict, isChange, headers)));
        }
    }

    private @Nullable Response objection(Verdict verdict, boolean isChange, HttpHeaders headers) {
        return switch (verdict) {
            case Verdict.Refused refused when refused.lasts() -> unauthorized(headers, refused.reason());
            // No challenge, at which a browser would ask for another password.
            case Verdict.Refused refused ->
                Response.error(HttpResponseStatus.SERVICE_UNAVAILABLE, refused.reason())
                        .with(HttpHeaderNames.RETRY_AFTER.toString(), RETRY_SECONDS);
            case Verdict.Known known
            when !known.user().may(Right.ADMIN, User.ANY_CACHE) ->
                Response.error(
                        HttpResponseStatus.FORBIDDEN,
                        "user '" + known.user().name() + "' lacks the right admin on \"*\"");
            case Verdict.Known ignored -> isChange ? otherOrigin(headers) : null;
        };
    }

    private static @Nullable Credentials credentials(HttpHeaders headers) {
        String shown = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        String lower = shown.toLowerCase(Locale.ROOT);
        if (lower.startsWith(BEARER)) {
            return new Credentials.Token(shown.substring(BEARER.length()).strip());
        }
        if (!lower.startsWith(BASIC)) {
            return null;
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(shown.substring(BASIC.length()).strip());
            String both = new String(decoded, StandardCharsets.UTF_8);
            int colon = both.indexOf(':');
            return colon < 0 ? null : new Credentials.Password(both.substring(0, colon), both.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** In a time that does not tell how much of it is right. */
    private boolean showsToken(HttpHeaders headers) {
        String shown = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        return shown.toLowerCase(Locale.ROOT).startsWith(BEARER)
                && MessageDigest.isEqual(
                        token, shown.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
    }

    private Response unauthorized(HttpHeaders headers, @Nullable String reason) {
        String what = headers.contains(HttpHeaderNames.AUTHORIZATION)
                ? "this is not the token"
                : security == null ? "a change needs the token" : "this node asks for the token";
        return Response.error(
                        HttpResponseStatus.UNAUTHORIZED,
                        (reason == null ? what : reason)
                                + ", as 'Authorization: Bearer <token>' (./murmur: --token, --token-file or MURMUR_HTTP_TOKEN); "
                                + where
                                + (security == null ? "" : "; or else a user who may administer all caches"))
                .with(
                        HttpHeaderNames.WWW_AUTHENTICATE.toString(),
                        security == null ? "Bearer realm=\"murmur\"" : "Basic realm=\"murmur\", charset=\"UTF-8\"");
    }

    private static @Nullable Response otherOrigin(HttpHeaders headers) {
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null && !origin.replaceFirst("^https?://", "").equals(headers.get(HttpHeaderNames.HOST))) {
            return Response.error(HttpResponseStatus.FORBIDDEN, "a page of another origin changes nothing here");
        }
        return headers.get(HttpHeaderNames.CONTENT_TYPE, "").startsWith("application/json")
                ? null
                : Response.error(
                        HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                        "a change is asked for in JSON, with Content-Type: application/json");
    }
}
