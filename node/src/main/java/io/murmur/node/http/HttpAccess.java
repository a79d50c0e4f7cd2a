package io.murmur.node.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who may: whoever shows the token as {@code Authorization: Bearer <token>} may do everything, others may read. Besides, a change has to be
 * declared as JSON and must not come from a page of another origin: such a page may post forms and plain text to any port of its browser's
 * machine, but JSON only where it is let.
 */
public final class HttpAccess {

    private static final String SCHEME = "bearer ";

    private final byte[] token;
    private final String where;

    /** @param where the token is to be found, for people who lack it */
    public HttpAccess(String token, String where) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.where = where;
    }

    /** Why whoever asks may not; null when it may. */
    @Nullable
    Response objection(Route.Need need, HttpHeaders headers) {
        return switch (need) {
            case NOTHING, READ -> null;
            case CHANGE -> showsToken(headers) ? otherOrigin(headers) : unauthorized(headers);
        };
    }

    /** In a time that does not tell how much of it is right. */
    private boolean showsToken(HttpHeaders headers) {
        String shown = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        return shown.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                && MessageDigest.isEqual(
                        token, shown.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
    }

    private Response unauthorized(HttpHeaders headers) {
        String what =
                headers.contains(HttpHeaderNames.AUTHORIZATION) ? "this is not the token" : "a change needs the token";
        return Response.error(
                        HttpResponseStatus.UNAUTHORIZED,
                        what
                                + ", as 'Authorization: Bearer <token>' (./murmur: --token, --token-file or MURMUR_HTTP_TOKEN); "
                                + where)
                .with(HttpHeaderNames.WWW_AUTHENTICATE.toString(), "Bearer realm=\"murmur\"");
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
