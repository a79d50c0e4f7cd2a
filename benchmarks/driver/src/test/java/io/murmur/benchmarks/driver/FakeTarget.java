package io.murmur.benchmarks.driver;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A map that answers at once, or when it is told to. */
final class FakeTarget implements Target {

    final Map<String, Integer> valueBytes = new HashMap<>();
    final Queue<Runnable> unanswered = new ArrayDeque<>();
    boolean answersAtOnce = true;
    int expected;
    long calls;
    int open;
    int mostOpen;
    boolean closed;

    @Override
    public void expect(int bytes) {
        expected = bytes;
    }

    @Override
    public CompletionStage<Boolean> get(byte[] key) {
        String name = new String(key, StandardCharsets.US_ASCII);
        return answer(() -> valueBytes.getOrDefault(name, -1) == expected);
    }

    @Override
    public CompletionStage<Boolean> put(byte[] key, byte[] value) {
        String name = new String(key, StandardCharsets.US_ASCII);
        return answer(() -> {
            valueBytes.put(name, value.length);
            return true;
        });
    }

    private CompletionStage<Boolean> answer(Supplier<Boolean> outcome) {
        calls++;
        open++;
        mostOpen = Math.max(mostOpen, open);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Runnable answering = () -> {
            open--;
            answer.complete(outcome.get());
        };
        if (answersAtOnce) {
            answering.run();
        } else {
            unanswered.add(answering);
        }
        return answer;
    }

    @Override
    public long retries() {
        return calls * 2;
    }

    @Override
    public void close() {
        closed = true;
    }
}
