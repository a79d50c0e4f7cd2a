package io.murmur.node;

import io.murmur.node.http.Answer;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Request;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;

/** The page at {@code /} that draws the picture of the ring, and what it is made of. */
final class PictureFiles implements Pages {

    /** Nothing comes from elsewhere, and nothing that is only text can become more. */
    private static final String POLICY =
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static final Map<String, String> FILES = Map.of(
            "style.css", "text/css; charset=utf-8",
            "picture.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    @Override
    public void addTo(Routes routes) {
        File page = File.read("index.html", "text/html; charset=utf-8");
        routes.get("/", page::serve);
        FILES.forEach((name, type) -> routes.get("/static/" + name, File.read(name, type)::serve));
    }

    /** A file of the page, as it is in the jar. */
    private record File(Response whole, String tag) {

        static File read(String name, String type) {
            try (InputStream in = PicturePages.class.getResourceAsStream("picture/" + name)) {
                byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
                CRC32C checksum = new CRC32C();
                checksum.update(bytes);
                String tag = String.format(Locale.ROOT, "\"%x-%08x\"", bytes.length, checksum.getValue());
                return new File(described(Response.bytes(type, bytes), tag), tag);
            } catch (IOException e) {
                throw new UncheckedIOException("the jar is damaged", e);
            }
        }

        private static Response described(Response response, String tag) {
            return response.with("etag", tag)
                    .with("cache-control", "no-cache")
                    .with("content-security-policy", POLICY)
                    .with("referrer-policy", "no-referrer");
        }

        void serve(Request request, Answer answer) {
            boolean isKnown = tag.equals(request.headers().get(HttpHeaderNames.IF_NONE_MATCH));
            answer.with(
                    isKnown
                            ? new Response(
                                    HttpResponseStatus.NOT_MODIFIED, whole.contentType(), new byte[0], whole.headers())
                            : whole);
        }
    }
}
