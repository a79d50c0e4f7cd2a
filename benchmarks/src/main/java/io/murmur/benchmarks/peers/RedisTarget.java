package io.murmur.benchmarks.peers;

import io.lettuce.core.api.async.RedisStringAsyncCommands;
import io.murmur.benchmarks.driver.Target;
import java.util.concurrent.CompletionStage;

/** GET and SET on one connection that all calls share (in a cluster: one for each node), as Lettuce's manual has it. */
final class RedisTarget implements Target {

    private final RedisStringAsyncCommands<byte[], byte[]> commands;
    private final Runnable closing;
    private volatile int valueBytes;

    RedisTarget(RedisStringAsyncCommands<byte[], byte[]> commands, Runnable closing) {
        this.commands = commands;
        this.closing = closing;
    }

    @Override
    public void expect(int bytes) {
        valueBytes = bytes;
    }

    @Override
    public CompletionStage<Boolean> get(byte[] key) {
        return commands.get(key).thenApply(value -> value != null && value.length == valueBytes);
    }

    @Override
    public CompletionStage<?> put(byte[] key, byte[] value) {
        return commands.set(key, value);
    }

    @Override
    public void close() {
        closing.run();
    }
}
