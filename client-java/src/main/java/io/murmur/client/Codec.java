package io.murmur.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Keys or values to bytes and back. Callable from any thread. Equal keys must give equal bytes.
 *
 * @param <T> what the application sees
 */
public interface Codec<T> {

    byte[] encode(T value);

    /** Throws an unchecked exception when the bytes are not what {@link #encode} gives. */
    T decode(byte[] bytes);

    /** Bytes as they are; the array is not copied and must not be changed afterwards. */
    static Codec<byte[]> bytes() {
        return of(bytes -> bytes, bytes -> bytes);
    }

    /** Text in UTF-8. */
    static Codec<String> string() {
        return of(text -> text.getBytes(StandardCharsets.UTF_8), bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** A whole number as decimal text, as {@link Cache#increment} keeps it, and Redis's INCR. */
    static Codec<Long> decimal() {
        return of(number -> string().encode(Long.toString(number)), bytes -> Long.parseLong(string().decode(bytes)));
    }

    /** JSON of a type, by Jackson with its default settings. */
    static <T> Codec<T> json(Class<T> type) {
        return json(type, new ObjectMapper());
    }

    /** JSON of a type, by your own mapper. */
    static <T> Codec<T> json(Class<T> type, ObjectMapper mapper) {
        return of(
                value -> {
                    try {
                        return mapper.writeValueAsBytes(value);
                    } catch (JsonProcessingException e) {
                        throw new IllegalArgumentException("not expressible in JSON: " + e.getOriginalMessage(), e);
                    }
                },
                bytes -> {
                    try {
                        return mapper.readValue(bytes, type);
                    } catch (IOException e) {
                        throw new UncheckedIOException("not the JSON of a " + type.getSimpleName(), e);
                    }
                });
    }

    static <T> Codec<T> of(Function<T, byte[]> encode, Function<byte[], T> decode) {
        return new Codec<>() {
            @Override
            public byte[] encode(T value) {
                return encode.apply(value);
            }

            @Override
            public T decode(byte[] bytes) {
                return decode.apply(bytes);
            }
        };
    }
}
