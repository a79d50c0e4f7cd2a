package io.murmur.node.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for.
 *
 * @param path decoded, each byte of it a character, so that keys of any bytes can be named
 * @param variables of the route's path, decoded likewise
 * @param parameters of the query, in UTF-8, each once
 * @param body at most {@link HttpServer#MAX_BODY_BYTES}; not to be changed
 * @param remote who asks
 */
public record Request(
        HttpMethod method,
        String path,
        Map<String, String> variables,
        Map<String, String> parameters,
        HttpHeaders headers,
        byte[] body,
        InetSocketAddress remote) {

    /** So short that it can be parsed. */
    private static final String NUMBER = "[0-9]{1,15}";

    /** A variable of the route's path. */
    public String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the path has no {" + name + "}");
        }
        return value;
    }

    /** The bytes that a variable stands for. */
    public byte[] variableBytes(String name) {
        return variable(name).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A parameter of the query, or null when it is not there. */
    public @Nullable String parameter(String name) {
        return parameters.get(name);
    }

    /** A parameter of the query that is a number, or what counts without it. */
    public long parameter(String name, long otherwise, long least, long most) throws Refusal {
        String value = parameters.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches(NUMBER) || Long.parseLong(value) < least || Long.parseLong(value) > most) {
            throw Refusal.wrong(
                    name + " is '" + value + "': a whole number from " + least + " to " + most + " is needed");
        }
        return Long.parseLong(value);
    }

    /** The number that a text is; -1 when it is none. */
    public static long number(String text) {
        return text.matches(NUMBER) ? Long.parseLong(text) : -1;
    }

    /** The body in UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
