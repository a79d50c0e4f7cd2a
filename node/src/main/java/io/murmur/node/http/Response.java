package io.murmur.node.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole answer. Immutable: the bytes handed in are not copied and must not be changed.
 *
 * @param headers besides Content-Type and Content-Length
 */
public record Response(HttpResponseStatus status, String contentType, byte[] body, Map<String, String> headers) {

    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    public static Response json(JsonNode body) {
        return json(HttpResponseStatus.OK, body);
    }

    public static Response json(HttpResponseStatus status, JsonNode body) {
        try {
            return of(status, "application/json", JSON.writeValueAsString(body) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that is no JSON", e);
        }
    }

    /** {@code {"error": why}}, as every page says that something is wrong. */
    public static Response error(HttpResponseStatus status, String why) {
        return json(status, JsonNodeFactory.instance.objectNode().put("error", why));
    }

    /** Text in UTF-8. */
    public static Response text(String contentType, String body) {
        return of(HttpResponseStatus.OK, contentType, body);
    }

    public static Response bytes(String contentType, byte[] body) {
        return new Response(HttpResponseStatus.OK, contentType, body, Map.of());
    }

    private static Response of(HttpResponseStatus status, String contentType, String body) {
        return new Response(status, contentType, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** The same with one more header. */
    public Response with(String header, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new Response(status, contentType, body, all);
    }
}
